package dev.triptych.gateway.store;

import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
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

    public <T> Mono<T> one(Function<DatabaseClient, Mono<T>> statement) {
        return toItsEnd(Mono.defer(() -> statement.apply(client)));
    }

    /** All of {@code statements} or none. */
    public <T> Mono<T> together(Function<DatabaseClient, Mono<T>> statements) {
        return toItsEnd(Mono.defer(() -> statements.apply(client)).as(transactions::transactional));
    }

    /** A subscriber that goes away would interrupt H2's thread, and that closes the database's file. */
    private <T> Mono<T> toItsEnd(Mono<T> statement) {
        return Mono.fromFuture(() -> statement.subscribeOn(scheduler).toFuture(), true);
    }
}
