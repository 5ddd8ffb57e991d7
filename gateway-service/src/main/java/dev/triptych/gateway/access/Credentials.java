package dev.triptych.gateway.access;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/** Turns what a request shows into its caller, from all sources that this gateway is set up with. */
public final class Credentials {

    private static final String BEARER = "bearer ";
    private static final String ADMIN_ID = "admin";

    private final KeyDirectory keys;
    private final @Nullable IssuerTokens issuer;
    private final @Nullable String adminHash;

    /**
     * @param issuer    {@code null}: none, and JWTs are no good
     * @param adminHash SHA-256, in lower-case hexadecimal digits, of a key that may do everything; {@code null}: none
     */
    public Credentials(KeyDirectory keys, @Nullable IssuerTokens issuer, @Nullable String adminHash) {
        this.keys = keys;
        this.issuer = issuer;
        this.adminHash = adminHash;
    }

    /** Whether callers have to say who they are. */
    Mono<Boolean> areNeeded() {
        return issuer != null || adminHash != null ? Mono.just(true) : keys.anyExist();
    }

    /** What {@code Authorization} holds behind {@code Bearer}; {@code null} where it holds no such thing. */
    static @Nullable String bearer(HttpHeaders headers) {
        String header = headers.getFirst(HttpHeaders.AUTHORIZATION);
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? header.substring(BEARER.length()).strip()
                : null;
    }

    /** Empty where the secret is nobody's. */
    Mono<Caller> caller(String secret) {
        if (adminHash != null && KeySecret.sameHash(KeySecret.hash(secret), adminHash)) {
            return Mono.just(new Caller(ADMIN_ID, Scope.ALL, KeyLimits.NONE));
        }
        if (secret.startsWith(KeySecret.PREFIX)) {
            return keys.find(secret).map(ApiKey::caller);
        }
        return issuer != null && looksLikeJwt(secret) ? issuer.read(secret) : Mono.empty();
    }

    private static boolean looksLikeJwt(String secret) {
        return secret.chars().filter(character -> character == '.').count() == 2;
    }

    /** For those who ask what a missing scope would be. */
    static String names(Set<Scope> scopes) {
        return Scope.join(scopes, " or ");
    }
}
