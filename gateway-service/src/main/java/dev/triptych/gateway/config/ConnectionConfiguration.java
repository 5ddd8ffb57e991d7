package dev.triptych.gateway.config;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.gateway.access.SecurityHeaders;
import dev.triptych.gateway.limits.DroppedErrors;
import dev.triptych.gateway.limits.HeaderDeadline;
import dev.triptych.worker.drain.Draining;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import reactor.netty.NettyPipeline;

/** What holds for every connection and every browser: time limits, and which sites' pages may call. */
@Configuration(proxyBeanMethods = false)
class ConnectionConfiguration {

    private static final Duration CORS_MAX_AGE = Duration.ofHours(1);

    @Bean
    NettyServerCustomizer timeLimits(GatewayProperties properties) {
        DroppedErrors.quietenClients();
        GatewayProperties.Connections limits = properties.connections();
        return server -> server.readTimeout(limits.readTimeout())
                .requestTimeout(limits.requestTimeout())
                .doOnChannelInit((observer, channel, address) -> {
                    HeaderDeadline.install(channel, NettyPipeline.HttpCodec, limits.headerTimeout());
                    channel.pipeline()
                            .addFirst(new WriteTimeoutHandler(
                                    limits.writeTimeout().toMillis(), TimeUnit.MILLISECONDS));
                });
    }

    @Bean
    Draining draining(GatewayProperties properties) {
        return new Draining(properties.drainDelay());
    }

    @Bean
    SecurityHeaders securityHeaders() {
        return new SecurityHeaders();
    }

    /** Before keys are asked for: a browser's preflight carries none. */
    @Bean
    @Order(AccessFilter.ORDER - 1)
    CorsWebFilter cors(GatewayProperties properties) {
        CorsConfiguration rules = new CorsConfiguration();
        rules.setAllowedOrigins(properties.connections().corsOrigins());
        rules.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
        rules.setAllowedHeaders(List.of("*"));
        rules.setExposedHeaders(List.of(
                "X-Request-Id",
                "Retry-After",
                "x-ratelimit-limit-requests",
                "x-ratelimit-remaining-requests",
                "x-ratelimit-reset-requests",
                "x-ratelimit-limit-tokens",
                "x-ratelimit-remaining-tokens",
                "x-ratelimit-reset-tokens"));
        rules.setMaxAge(CORS_MAX_AGE);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", rules);
        return new CorsWebFilter(source);
    }
}
