package dev.triptych.gateway.config;

import dev.triptych.gateway.jobs.files.FileRules;
import dev.triptych.gateway.jobs.files.FileShelf;
import dev.triptych.gateway.jobs.store.FileTable;
import dev.triptych.gateway.store.StoreAccess;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import java.time.Clock;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires the job store: migrates it at start, then opens it. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    private static final int CONNECTIONS = 8;
    private static final int WAITING_STATEMENTS = 10_000;
    private static final Duration CONNECTION_WAIT = Duration.ofSeconds(20);
    private static final Duration VALIDATION_LIMIT = Duration.ofSeconds(5);
    private static final int CONNECT_RETRIES = 5;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Here, and only here, statements may block a thread. */
    @Bean(destroyMethod = "dispose")
    Scheduler storeScheduler() {
        return Schedulers.newBoundedElastic(CONNECTIONS, WAITING_STATEMENTS, "job-store");
    }

    @Bean(destroyMethod = "dispose")
    ConnectionPool storeConnections(GatewayProperties properties) {
        StoreAddress address = StoreAddress.of(properties.jobs().store());
        Flyway.configure()
                .dataSource(address.jdbcUrl(), address.username(), address.password())
                .connectRetries(CONNECT_RETRIES)
                .load()
                .migrate();
        return new ConnectionPool(ConnectionPoolConfiguration.builder(ConnectionFactories.get(address.options()))
                .initialSize(1)
                .minIdle(1)
                .maxSize(CONNECTIONS)
                .maxAcquireTime(CONNECTION_WAIT)
                .maxValidationTime(VALIDATION_LIMIT)
                .maxIdleTime(Duration.ofMillis(-1))
                .build());
    }

    @Bean
    StoreAccess storeAccess(ConnectionPool connections, Scheduler storeScheduler) {
        return new StoreAccess(
                DatabaseClient.create(connections),
                TransactionalOperator.create(new R2dbcTransactionManager(connections)),
                storeScheduler);
    }

    @Bean
    FileTable fileTable(StoreAccess store) {
        return new FileTable(store);
    }

    @Bean
    FileRules fileRules(GatewayProperties properties) {
        return new FileRules(
                properties.jobs().maxFile().toBytes(), properties.jobs().retention());
    }

    @Bean
    FileShelf fileShelf(FileTable files, FileRules rules, Clock clock, Scheduler storeScheduler) {
        return new FileShelf(files, rules, clock, storeScheduler);
    }

    @Bean(destroyMethod = "dispose")
    Disposable fileCleanUp(FileShelf shelf, GatewayProperties properties) {
        return Flux.interval(Duration.ZERO, properties.jobs().cleanUpInterval())
                .onBackpressureDrop()
                .concatMap(tick -> shelf.cleanUp().onErrorComplete())
                .subscribe();
    }
}
