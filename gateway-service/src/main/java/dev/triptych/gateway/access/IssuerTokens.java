package dev.triptych.gateway.access;

import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;

/**
 * Reads the JWTs of one issuer (RFC 7519). The subject is the caller's id; of the scopes in {@code scope} or
 * {@code scp} those that {@link Scope} knows count.
 */
public final class IssuerTokens {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerTokens.class);

    private static final String ID_PREFIX = "sub:";
    private static final int LONGEST_SUBJECT = 200;
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ReactiveJwtDecoder decoder;
    private final @Nullable String audience;

    /**
     * @param decoder  checks signature, issuer and times
     * @param audience that {@code aud} must name; {@code null}: not looked at
     */
    public IssuerTokens(ReactiveJwtDecoder decoder, @Nullable String audience) {
        this.decoder = decoder;
        this.audience = audience;
    }

    /** Empty where the token is not good; an error where the issuer cannot be asked for its keys. */
    Mono<Caller> read(String token) {
        return decoder.decode(token)
                .timeout(DEADLINE)
                .filter(this::isForUs)
                .map(IssuerTokens::caller)
                .onErrorResume(BadJwtException.class, bad -> Mono.empty())
                .onErrorMap(error -> !(error instanceof TriptychException), IssuerTokens::unreachable);
    }

    private boolean isForUs(Jwt jwt) {
        String subject = jwt.getSubject();
        List<String> audiences = jwt.getAudience();
        return subject != null
                && !subject.isBlank()
                && subject.length() <= LONGEST_SUBJECT
                && (audience == null || (audiences != null && audiences.contains(audience)));
    }

    private static Caller caller(Jwt jwt) {
        Set<Scope> scopes = Stream.of("scope", "scp")
                .flatMap(claim -> words(jwt.getClaims().get(claim)))
                .flatMap(word -> Scope.of(word).stream())
                .collect(Collectors.toSet());
        return new Caller(ID_PREFIX + jwt.getSubject(), scopes, KeyLimits.NONE);
    }

    private static Stream<String> words(@Nullable Object claim) {
        return switch (claim) {
            case String text -> Arrays.stream(text.split(" "));
            case Collection<?> list -> list.stream().map(String::valueOf);
            case null, default -> Stream.empty();
        };
    }

    private static TriptychException unreachable(Throwable error) {
        LOG.warn("the issuer's keys cannot be read: {}", error.toString());
        return new TriptychException.Overloaded(
                ErrorCode.UNAVAILABLE, RETRY_AFTER, "The token cannot be checked now; its issuer does not answer.");
    }
}
