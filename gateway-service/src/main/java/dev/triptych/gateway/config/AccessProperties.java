package dev.triptych.gateway.config;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may come in.
 *
 * @param adminKeyHash  SHA-256, in hexadecimal digits, of a key that may do everything; blank: there is none
 * @param issuer        whose JWTs are good: an address below which OpenID Connect's discovery or RFC 8414 finds its
 *                      keys; blank: nobody's
 * @param audience      what the tokens' {@code aud} must name; blank: it is not looked at
 * @param keyCache      how long a key that another gateway revoked may still be good here
 * @param modelAdminKey sent to text-service with what loads and unloads models, in place of the caller's own key
 */
public record AccessProperties(
        @NotNull
        @Pattern(regexp = "|[0-9a-fA-F]{64}", message = "must be the 64 hexadecimal digits of a SHA-256")
        @DefaultValue("")
        String adminKeyHash,

        @NotNull @DefaultValue("") String issuer,
        @NotNull @DefaultValue("") String audience,

        @NotNull @DurationMin(millis = 1) @DefaultValue("5s")
        Duration keyCache,

        @NotNull @DefaultValue("") String modelAdminKey) {}
