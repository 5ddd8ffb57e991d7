package dev.triptych.text.runtime;

import dev.triptych.inference.OfflineShare;
import dev.triptych.text.decoding.search.SearchStep;
import dev.triptych.text.decoding.search.Searches;
import dev.triptych.text.decoding.speculative.Draft;
import dev.triptych.text.decoding.speculative.Lattice;
import dev.triptych.text.generation.FinishReason;
import dev.triptych.text.generation.GenerationEvent;
import dev.triptych.text.generation.GenerationEvent.GenerationResult;
import dev.triptych.text.generation.GenerationRequest;
import dev.triptych.text.generation.GenerationRules;
import dev.triptych.text.generation.Priority;
import dev.triptych.text.generation.Strategy;
import dev.triptych.text.scheduler.AdmissionPolicy;
import dev.triptych.text.scheduler.RequestState;
import dev.triptych.text.scheduler.Scheduler;
import dev.triptych.text.scheduler.SchedulerView.Pace;
import dev.triptych.text.step.DraftFrames;
import dev.triptych.text.step.StepOutcome;
import dev.triptych.text.step.StepPlan;
import dev.triptych.text.step.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decode loop of one model: a platform thread that owns the queue, the running rows and their caches. Others reach
 * it through commands; it answers through sinks.
 *
 * <p>Each turn plans a step, reserves its memory, runs it, stages what it means and commits. What fails before the
 * commit leaves everything as it was; the rows of a failed step then end with {@link FinishReason#ERROR} and the loop
 * goes on.
 */
public final class EngineLoop implements ModelEngine {

    private static final Logger log = LoggerFactory.getLogger(EngineLoop.class);

    private final Parts parts;
    private final Scheduler scheduler;
    private final TokenStaging staging;
    private final RequestIntake intake;
    private final EngineHealth health = new EngineHealth();
    private final RunningSet running = new RunningSet();
    private final OfflineShare offline = new OfflineShare();
    private final TimeSource time;
    private final RuntimeListener listener;
    private final RequestReports reports;
    private final EngineThread thread = new EngineThread();

    private long step;
    private boolean draining;
    private boolean ended;

    /**
     * What a loop is made of.
     *
     * @param name the model's
     * @param rules the model's settings for generating
     * @param vocabSize width of the logits
     * @param decoder the text of generated ids, special tokens left out; asked where texts end a sequence
     * @param runner graphs and caches
     * @param passes its non-autoregressive decoders; {@link PassRunner#none()} where it has none
     * @param scheduler plans the steps that those graphs can make
     */
    public record Parts(
            String name,
            GenerationRules rules,
            int vocabSize,
            Function<List<Integer>, String> decoder,
            StepRunner<?> runner,
            PassRunner passes,
            Scheduler scheduler) {

        StepTransaction reserve(StepPlan.Step step) {
            return switch (step) {
                case StepPlan.Work work -> runner.reserve(work);
                case StepPlan.Pass pass -> passes.reserve(pass);
            };
        }
    }

    public EngineLoop(Parts parts, AdmissionPolicy admission, TimeSource time, RuntimeListener listener) {
        this.parts = parts;
        this.scheduler = parts.scheduler();
        this.staging = new TokenStaging(parts.vocabSize());
        this.intake = new RequestIntake(
                admission,
                scheduler,
                health,
                time,
                new Searches(parts.rules(), parts.passes().decoders(), parts.decoder()),
                parts.rules().decoderStart());
        this.time = time;
        this.listener = listener;
        this.reports = new RequestReports(listener);
    }

    /** Starts the thread. */
    public void start() {
        thread.start(parts.name(), this::loop);
    }

    /** Counts a request in that is yet to be tokenized; from any thread. */
    Arrival arrive(Strategy strategy) {
        return intake.arrive(strategy);
    }

    /** Queues a request; from any thread. */
    public Submission submit(GenerationRequest request, EventSink sink) {
        return intake.submit(request, sink, listener);
    }

    /** Lets a request go before its next step; from any thread, idempotent. */
    public void cancel(String requestId) {
        intake.cancel(requestId);
    }

    /** Requests that wait or run; from any thread. */
    int inFlight() {
        return intake.inFlight();
    }

    /** Tells the listener what {@code auto} was settled as; from any thread. */
    void chosen(String strategy) {
        listener.chosen(strategy);
    }

    /** What ails the engine; empty while it may be given work. From any thread. */
    public String ailment() {
        return health.admits(time.nanos()) ? "" : health.reason();
    }

    @Override
    public Duration idle() {
        return intake.idle();
    }

    @Override
    public void drain() {
        intake.close();
        intake.command(new Command.Drain());
    }

    @Override
    public boolean awaitEnd(Duration patience) {
        boolean finished = thread.join(patience);
        if (!finished) {
            close();
        }
        return finished;
    }

    /** Everything in flight ends with {@link FinishReason#ERROR} before the next step; from any thread. */
    public void abort() {
        intake.close();
        intake.command(new Command.Stop());
    }

    @Override
    public void close() {
        if (thread.isAlive()) {
            abort();
            thread.join();
        }
    }

    private void loop() {
        try {
            while (!ended) {
                if (!runOnce() && !ended) {
                    accept(intake.mailbox().take());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end("the engine was interrupted");
        } catch (RuntimeException | Error e) {
            log.error("the engine of {} ended unexpectedly", parts.name(), e);
            end("the engine ended unexpectedly: " + e);
            throw e;
        } finally {
            parts.runner().cache().close();
            parts.passes().states().close();
        }
    }

    /**
     * One turn.
     *
     * @return false when there is nothing to do before another command arrives
     */
    boolean runOnce() {
        intake.mailbox().drainTo(this::accept);
        retireUnwanted();
        long now = time.nanos();
        Pace pace = new Pace(offline.due(), offline.sinceInteractiveNanos(now));
        StepPlan plan = scheduler.plan(running.view(parts.runner().cache().budget(), step, now, pace));
        if (!(plan instanceof StepPlan.Step planned)) {
            endIfDrained();
            return false;
        }
        step++;
        long began = time.nanos();
        List<StagedStep.Share> shares = running.shares(planned);
        try (StepTransaction transaction = parts.reserve(planned)) {
            switch (StepEvent.around(parts.name(), planned, transaction)) {
                case StepOutcome.Completed completed -> {
                    StagedStep staged = staging.stage(planned, shares, completed.result());
                    transaction.commit(staged);
                    publish(planned, staged);
                }
                case StepOutcome.Failed failed -> abandon(shares, failed.cause());
                case StepOutcome.JoiningFailed failed ->
                    abandon(shares.subList(shares.size() - planned.joiningCount(), shares.size()), failed.cause());
            }
        } catch (RuntimeException e) {
            abandon(shares, e);
        }
        long after = time.nanos();
        intake.gate().stepped(after - began);
        offline.ran(interactive(shares), after - began, after);
        reportLoad();
        return true;
    }

    private static boolean interactive(List<StagedStep.Share> shares) {
        return shares.stream().anyMatch(share -> share.request().state().priority() == Priority.INTERACTIVE);
    }

    private void accept(Command command) {
        switch (command) {
            case Command.Submit submit -> running.enqueue(submit.request());
            // The request is marked; it is let go before the next step.
            case Command.Cancel ignored -> {}
            case Command.Drain ignored -> draining = true;
            case Command.Stop ignored -> end("the service is shutting down");
        }
    }

    private void retireUnwanted() {
        long now = time.nanos();
        for (ActiveRequest request : running.matching(r -> r.cancelled() || r.expired(now))) {
            if (request.cancelled()) {
                listener.released(request.stepsAfterCancel());
                retire(List.of(request), FinishReason.CANCELLED, "");
            } else {
                retire(List.of(request), FinishReason.DEADLINE, "");
            }
        }
        reportLoad();
    }

    /** Makes a committed step visible: searches go on, caches follow, sinks hear of it, ended requests leave. */
    private void publish(StepPlan.Step plan, StagedStep staged) {
        health.success();
        long now = time.nanos();
        if (plan.joiningCount() > 0) {
            start(plan, staged, now);
        }
        listener.stepped(plan.rowCount());
        for (StagedStep.Decision decision : staged.decisions()) {
            if (!(plan instanceof StepPlan.Measure)) {
                decision.request().stepped(staged.result().decodeNanos());
            }
            for (SearchStep step : decision.steps()) {
                if (step instanceof SearchStep.Advance advance) {
                    decision.request().search().commit(advance);
                }
            }
            decision.request().followDraft(decision.verified(), decision.steps().size());
        }
        switch (plan) {
            case StepPlan.Work work -> {
                running.stepped(work.cohort(), step);
                running.advance(
                        work.cohort(), staged.decisions(), parts.runner().cache());
            }
            case StepPlan.Pass ignored -> running.refine(staged.decisions());
        }
        staged.decisions().forEach(decision -> tell(decision, now));
    }

    private void start(StepPlan.Step plan, StagedStep staged, long now) {
        StepResult result = staged.result();
        List<StagedStep.Decision> all = staged.decisions();
        List<RequestState> joining = new ArrayList<>(plan.joiningCount());
        for (StagedStep.Decision decision : all.subList(all.size() - plan.joiningCount(), all.size())) {
            ActiveRequest request = decision.request();
            joining.add(request.state());
            request.admitted(intake.gate(), now - result.encodeNanos() - result.decodeNanos(), result.encodeNanos());
            reports.admitted(
                    request.trace(), request.queueNanos(), request.state().promptLength());
            if (!result.prompts().isEmpty()) {
                request.tellPrompt(result.prompts().get(joining.size() - 1));
            }
        }
        result.speculation().ifPresent(speculation -> {
            for (int i = 0; i < speculation.joined().size(); i++) {
                DraftFrames frames = speculation.joined().get(i).frames();
                all.get(all.size() - plan.joiningCount() + i).request().take(draft(frames), plan.rowCount());
            }
        });
        running.start(plan, joining, now);
        listener.encoded(1 - (double) result.sourceTokens() / result.paddedTokens());
    }

    private Draft draft(DraftFrames frames) {
        int blank = parts.passes().decoders().ctc().orElseThrow().blank();
        return new Draft(
                new Lattice(frames.ids(), frames.chances(), blank),
                parts.rules().eosTokenIds().stream().findFirst().orElse(-1));
    }

    private void tell(StagedStep.Decision decision, long now) {
        ActiveRequest request = decision.request();
        if (decision.steps().isEmpty()) {
            return;
        }
        switch (decision.steps().getLast()) {
            case SearchStep.Advance advance -> {
                request.tellRefinement();
                request.tellSettled(now, (further, since) -> reports.token(request.trace(), further, since));
                if (advance.liveRows() == 0) {
                    running.forget(List.of(request));
                    finish(request, request.result());
                }
            }
            case SearchStep.Broken broken -> {
                running.forget(List.of(request));
                finish(request, request.result(FinishReason.ERROR, broken.reason()));
            }
        }
    }

    private void abandon(List<StagedStep.Share> shares, RuntimeException cause) {
        String message = "the engine failed: " + cause.getMessage();
        log.error("a step of {} for {} requests failed", parts.name(), shares.size(), cause);
        listener.failed();
        health.failure(message, time.nanos());
        retire(shares.stream().map(StagedStep.Share::request).toList(), FinishReason.ERROR, message);
    }

    private void retire(List<ActiveRequest> requests, FinishReason reason, String message) {
        running.remove(requests, parts.runner().cache());
        requests.forEach(request -> finish(request, request.result(reason, message)));
    }

    private void finish(ActiveRequest request, GenerationResult result) {
        intake.forget(request);
        request.leave(intake.gate());
        parts.passes().states().release(request.state().sequence());
        reports.passes(request.state(), result);
        request.offer(new GenerationEvent.Finished(result));
        int tokens = result.sequences().stream()
                .mapToInt(sequence -> sequence.tokenIds().size())
                .sum();
        reports.finished(
                request.trace(),
                result.reason(),
                result.timing(),
                time.nanos() - request.state().arrivalNanos(),
                tokens);
    }

    private void endIfDrained() {
        if (draining && running.isEmpty()) {
            end("the model was drained");
        }
    }

    private void end(String message) {
        intake.close();
        ended = true;
        // Submissions that were under way when the intake closed.
        intake.mailbox().drainTo(command -> {
            if (command instanceof Command.Submit submit) {
                running.enqueue(submit.request());
            }
        });
        retire(running.matching(request -> true), FinishReason.ERROR, message);
        reportLoad();
    }

    private void reportLoad() {
        listener.loadChanged(intake.gate().waiting(), running.runningRows());
    }
}
