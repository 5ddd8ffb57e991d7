package dev.triptych.gateway.config;

import dev.triptych.gateway.access.AccessFilter;
import dev.triptych.gateway.access.AuditLog;
import dev.triptych.gateway.access.Credentials;
import dev.triptych.gateway.access.IssuerTokens;
import dev.triptych.gateway.access.KeyDirectory;
import dev.triptych.gateway.access.KeyTable;
import dev.triptych.gateway.store.StoreAccess;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoders;
import org.springframework.security.oauth2.jwt.SupplierReactiveJwtDecoder;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires keys and the filter before everything else. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    private static final int WAITING_LINES = 100_000;

    @Bean(destroyMethod = "dispose")
    Scheduler auditScheduler() {
        return Schedulers.newBoundedElastic(1, WAITING_LINES, "audit");
    }

    @Bean
    KeyDirectory keyDirectory(StoreAccess store, Clock clock, GatewayProperties properties) {
        return new KeyDirectory(new KeyTable(store), clock, properties.access().keyCache());
    }

    @Bean
    AccessFilter accessFilter(KeyDirectory keys, GatewayProperties properties, Scheduler auditScheduler) {
        AccessProperties access = properties.access();
        String hash = access.adminKeyHash().toLowerCase(Locale.ROOT);
        Credentials credentials = new Credentials(keys, issuer(access), hash.isEmpty() ? null : hash);
        return new AccessFilter(credentials, new AuditLog(auditScheduler));
    }

    /** The issuer is asked for its keys when its first token comes, so that the gateway starts without it. */
    private static @Nullable IssuerTokens issuer(AccessProperties access) {
        return access.issuer().isBlank()
                ? null
                : new IssuerTokens(
                        new SupplierReactiveJwtDecoder(() -> ReactiveJwtDecoders.fromIssuerLocation(access.issuer())),
                        access.audience().isBlank() ? null : access.audience());
    }
}
