package dev.triptych.local.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes one job from wherever it stands to its last result: sends what was not sent, reads what was answered. A broker
 * that goes away meanwhile is waited for, and the job taken up again from what it remembers. Owned by one thread.
 */
public final class TranslationRun {

    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final long RETRY_MILLIS = 1000;

    private final TranslationJob job;
    private final String bootstrapServers;
    private final JobPace pace;
    private final BooleanSupplier interrupted;
    private final Map<Integer, LineOutcome> outcomes = new TreeMap<>();
    private Instant lastContact = Instant.EPOCH;

    /** @param interrupted asked between two steps; true ends the run where it stands */
    public TranslationRun(TranslationJob job, String bootstrapServers, JobPace pace, BooleanSupplier interrupted) {
        this.job = job;
        this.bootstrapServers = bootstrapServers;
        this.pace = pace;
        this.interrupted = interrupted;
    }

    /**
     * Runs until every item has an outcome.
     *
     * @return the outcomes by line; fewer than the job's items where the run was interrupted
     * @throws ClientException if another client has taken the job over, or the broker stays away
     */
    public Map<Integer, LineOutcome> run(ProgressView view) throws ClientException, InterruptedException {
        lastContact = Instant.now();
        while (!finished()) {
            try {
                attempt(view);
            } catch (KafkaException | ExecutionException e) {
                throwIfHopeless(e);
                if (Duration.between(lastContact, Instant.now()).compareTo(pace.outage()) > 0) {
                    throw new ClientException(
                            "the broker has not answered for "
                                    + pace.outage().toSeconds() + " s (" + rootMessage(e)
                                    + "); see ./triptych status, then run the same command again to go on",
                            e);
                }
                view.note("the broker does not answer (" + rootMessage(e) + "); trying again");
                Thread.sleep(RETRY_MILLIS);
            }
        }
        return outcomes;
    }

    private boolean finished() {
        return interrupted.getAsBoolean() || complete();
    }

    private boolean complete() {
        return outcomes.size() >= job.items().size();
    }

    private void attempt(ProgressView view) throws ClientException, ExecutionException, InterruptedException {
        try (JobLedger ledger = JobLedger.open(job, bootstrapServers)) {
            lastContact = Instant.now();
            Optional<JobState> saved = ledger.saved();
            JobState state = saved.isPresent() ? saved.get() : ledger.begin();
            if (saved.isPresent() && outcomes.isEmpty()) {
                view.note(String.format(
                        "resuming: %,d of %,d lines were already sent",
                        state.sent(), job.items().size()));
            }
            try (ResultReader reader = new ResultReader(job, state, bootstrapServers)) {
                exchange(ledger, reader, state.sent(), view);
            }
        }
    }

    private void exchange(JobLedger ledger, ResultReader reader, int alreadySent, ProgressView view) {
        int sent = alreadySent;
        Instant lastResult = Instant.now();
        while (!finished()) {
            boolean room = sent < job.items().size() && sent - outcomes.size() < pace.window();
            if (room) {
                int to = Math.min(job.items().size(), sent + pace.chunk());
                ledger.send(sent, to);
                sent = to;
            }
            List<LineOutcome> received = reader.poll(room ? Duration.ZERO : PATIENCE);
            received.forEach(outcome -> outcomes.putIfAbsent(outcome.line(), outcome));
            view.update(outcomes.size());
            Instant now = Instant.now();
            if (!received.isEmpty() || room) {
                lastResult = now;
            } else if (Duration.between(lastResult, now).compareTo(pace.silence()) > 0) {
                lastResult = now;
                view.note("no result for " + pace.silence().toSeconds()
                        + " s; still waiting (is text-service ready? ./triptych status tells)");
            }
        }
    }

    /** Forgets the job in Kafka, once its output is safe. */
    public void forget() throws ClientException, InterruptedException {
        try (JobLedger ledger = JobLedger.open(job, bootstrapServers)) {
            ledger.complete();
        } catch (KafkaException | ExecutionException e) {
            throw new ClientException(
                    "the output is complete, but the job's state could not be removed from Kafka: " + rootMessage(e),
                    e);
        }
    }

    private static void throwIfHopeless(Exception failure) throws ClientException {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                throw new ClientException("another ./triptych translate has taken over the same file", failure);
            }
            if (cause instanceof UnknownTopicOrPartitionException) {
                throw new ClientException("Kafka has no Triptych topics; ./triptych up creates them", failure);
            }
            if (cause instanceof ConfigException broken) {
                throw broken;
            }
            if (cause instanceof AuthorizationException) {
                throw new ClientException("the broker refuses: " + cause.getMessage(), failure);
            }
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
