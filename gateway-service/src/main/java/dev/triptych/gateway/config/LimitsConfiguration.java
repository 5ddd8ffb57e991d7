package dev.triptych.gateway.config;

import dev.triptych.gateway.access.KeyLimits;
import dev.triptych.gateway.limits.BucketTable;
import dev.triptych.gateway.limits.Buckets;
import dev.triptych.gateway.limits.MemoryBuckets;
import dev.triptych.gateway.limits.QueuedBuckets;
import dev.triptych.gateway.limits.QuotaFilter;
import dev.triptych.gateway.limits.Quotas;
import dev.triptych.gateway.limits.TokenMeter;
import dev.triptych.gateway.store.StoreAccess;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires limits by key: shared where the store is a server, in memory where it is embedded and this gateway alone. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

    @Bean
    Quotas quotas(GatewayProperties properties, StoreAccess store, Clock clock) {
        boolean alone = properties.jobs().store().url().isBlank();
        Buckets buckets = alone ? new MemoryBuckets(clock) : new QueuedBuckets(new BucketTable(store));
        GatewayProperties.Limits limits = properties.limits();
        return new Quotas(
                buckets,
                new KeyLimits(
                        orNone(limits.requestsPerMinute()),
                        orNone(limits.tokensPerMinute()),
                        orNone(limits.imagesPerMinute()),
                        orNone(limits.concurrentJobs())));
    }

    @Bean
    QuotaFilter quotaFilter(Quotas quotas) {
        return new QuotaFilter(quotas);
    }

    @Bean
    TokenMeter tokenMeter(Quotas quotas) {
        return new TokenMeter(quotas);
    }

    private static @Nullable Long orNone(long limit) {
        return limit == 0 ? null : limit;
    }
}
