package dev.triptych.gateway.jobs.store;

import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Runs statements where blocking is allowed, alone or in one transaction. Safe from any thread. */
public final class StoreAccess {

    private final DatabaseClient client;
    private final TransactionalOperator transactions;
    private final Scheduler scheduler;

    /** @param scheduler may block; H2's driver computes on the thread that subscribes */
    public StoreAccess(DatabaseClient client, TransactionalOperator transactions, Scheduler scheduler) {
        this.client = client;
        this.transactions = transactions;
        this.scheduler = scheduler;
    }

    <T> Mono<T> one(Function<DatabaseClient, Mono<T>> statement) {
        return Mono.defer(() -> statement.apply(client)).subscribeOn(scheduler);
    }

    <T> Flux<T> many(Function<DatabaseClient, Flux<T>> statement) {
        return Flux.defer(() -> statement.apply(client)).subscribeOn(scheduler);
    }

    /** All of {@code statements} or none. */
    <T> Mono<T> together(Function<DatabaseClient, Mono<T>> statements) {
        return Mono.defer(() -> statements.apply(client))
                .as(transactions::transactional)
                .subscribeOn(scheduler);
    }
}
