package dev.triptych.text.api;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** Lets those in who have the configured key. Keeps its digest only; comparing takes the same time for any key. */
public final class AdminKey {

    private static final String SCHEME = "Bearer ";

    private final byte @Nullable [] digest;

    /** @param key blank: nobody is let in */
    public AdminKey(String key) {
        this.digest = key.isBlank() ? null : digest(key);
    }

    /**
     * Checks an {@code Authorization} header.
     *
     * @throws TriptychException.Rejected if it does not hold the key, or if there is none
     */
    void require(@Nullable String authorization) {
        if (digest == null) {
            throw new TriptychException.Rejected(
                    ErrorCode.FORBIDDEN,
                    null,
                    "loading and unloading models is switched off; set TRIPTYCH_ADMIN_KEY (triptych.admin-key) of "
                            + "text-service and send it as Authorization: Bearer KEY");
        }
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String key = bearer && authorization != null ? authorization.substring(SCHEME.length()) : "";
        if (!MessageDigest.isEqual(digest, digest(key))) {
            throw new TriptychException.Rejected(
                    ErrorCode.UNAUTHORIZED, null, "this needs the admin key, as Authorization: Bearer KEY");
        }
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
