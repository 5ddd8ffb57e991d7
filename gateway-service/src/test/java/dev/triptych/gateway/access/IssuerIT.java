package dev.triptych.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.triptych.gateway.support.FakeService;
import dev.triptych.gateway.support.FakeServices;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

/** Tokens of a real issuer: discovery, key set, signatures. */
@TestPropertySource(properties = "triptych.access.audience=triptych")
class IssuerIT extends FakeServices {

    private static final RSAKey KEY = newKey();
    private static final RSAKey STRANGERS_KEY = newKey();
    private static final FakeService ISSUER = FakeService.start();

    @Autowired
    private WebTestClient client;

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry registry) {
        ISSUER.answer((request, response) -> response.header("Content-Type", "application/json")
                .sendString(Mono.just(
                        request.uri().endsWith("/openid-configuration")
                                ? "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\",\"subject_types_supported\":[\"public\"]}"
                                        .formatted(ISSUER.url(), ISSUER.url())
                                : new JWKSet(KEY.toPublicJWK()).toString())));
        registry.add("triptych.access.issuer", ISSUER::url);
    }

    @Test
    void withoutATokenTheGatewayIsClosed() {
        client.post().uri("/v1/completions").exchange().expectStatus().isUnauthorized();
    }

    @Test
    void aTokensScopesOpenWhatTheyName() throws JOSEException {
        String token = sign(KEY, claims().claim("scope", "openid text").build());
        expect(token, "/v1/completions", 200);
        expect(token, "/v1/vision/detections", 403);
        expect(sign(KEY, claims().claim("scp", List.of("vision")).build()), "/v1/vision/detections", 200);
        expect(sign(KEY, claims().build()), "/v1/completions", 403);
    }

    @ParameterizedTest
    @CsvSource({"expired", "another issuer", "another audience", "no subject", "another key", "not yet"})
    void aTokenThatIsNotGoodIsRefused(String fault) throws JOSEException {
        JWTClaimsSet.Builder claims = claims().claim("scope", "text");
        switch (fault) {
            case "expired" -> claims.expirationTime(Date.from(Instant.now().minusSeconds(3600)));
            case "not yet" -> claims.notBeforeTime(Date.from(Instant.now().plusSeconds(3600)));
            case "another issuer" -> claims.issuer("https://issuer.example");
            case "another audience" -> claims.audience("somebody else");
            case "no subject" -> claims.subject(null);
            default -> {}
        }
        expect(sign(fault.equals("another key") ? STRANGERS_KEY : KEY, claims.build()), "/v1/completions", 401);
    }

    private void expect(String token, String path, int status) {
        client.post()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange()
                .expectStatus()
                .isEqualTo(status);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER.url())
                .subject("ada")
                .audience("triptych")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static String sign(RSAKey key, JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("k").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
