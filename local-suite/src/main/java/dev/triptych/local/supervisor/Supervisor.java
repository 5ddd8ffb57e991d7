package dev.triptych.local.supervisor;

import dev.triptych.local.settings.SuiteFolders;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Owns the processes of a suite: starts them, restarts what dies, stops them in order.
 *
 * <p>{@link #start} and {@link #watch} run on the main thread, {@link #stop} on any; the lock keeps a restart and a stop
 * apart, and after a stop nothing is started again.
 */
public final class Supervisor {

    private static final long POLL_MILLIS = 200;
    private static final Duration STILL_WAITING = Duration.ofSeconds(10);
    private static final int LAST_LINES = 20;

    private final SuiteConsole console;
    private final List<List<ServiceProcess>> stages = new ArrayList<>();
    private final Map<ServiceProcess, Restart> restarts = new HashMap<>();
    private final Object lock = new Object();
    private volatile boolean stopping;

    public Supervisor(SuitePlan plan, SuiteFolders folders, SuiteConsole console) {
        this.console = console;
        for (List<ServiceSpec> stage : plan.stages()) {
            stages.add(stage.stream()
                    .map(spec -> new ServiceProcess(spec, folders))
                    .toList());
        }
    }

    /** Runs once the first stage is ready, before the others start. */
    @FunctionalInterface
    public interface Preparation {
        void run() throws SuiteException, InterruptedException;
    }

    /**
     * Starts everything and waits until it is ready.
     *
     * @throws SuiteException if a process ends before that, with its last log lines
     */
    public void start(Preparation preparation) throws SuiteException, IOException, InterruptedException {
        if (stages.isEmpty()) {
            return;
        }
        startAndAwait(stages.getFirst());
        preparation.run();
        List<ServiceProcess> rest = new ArrayList<>();
        stages.subList(1, stages.size()).forEach(rest::addAll);
        startAndAwait(rest);
    }

    private void startAndAwait(List<ServiceProcess> services) throws SuiteException, IOException, InterruptedException {
        Instant begin = Instant.now();
        for (ServiceProcess service : services) {
            console.say("starting " + service.spec().name() + " on port "
                    + service.spec().port());
            startUnlessStopping(service);
        }
        List<ServiceProcess> waiting = new ArrayList<>(services);
        Instant nextNotice = begin.plus(STILL_WAITING);
        while (!waiting.isEmpty() && !stopping) {
            for (ServiceProcess service : List.copyOf(waiting)) {
                requireAlive(service);
                if (service.spec().readiness().ready()) {
                    waiting.remove(service);
                    console.say(service.spec().name() + " is ready after "
                            + SuiteConsole.seconds(Duration.between(begin, Instant.now())));
                }
            }
            if (!waiting.isEmpty()) {
                Thread.sleep(POLL_MILLIS);
                nextNotice = sayStillWaiting(waiting, begin, nextNotice);
            }
        }
    }

    private Instant sayStillWaiting(List<ServiceProcess> waiting, Instant begin, Instant nextNotice) {
        Instant now = Instant.now();
        if (now.isBefore(nextNotice)) {
            return nextNotice;
        }
        List<String> names =
                waiting.stream().map(service -> service.spec().name()).toList();
        console.say("waiting for " + String.join(", ", names) + " ("
                + Duration.between(begin, now).toSeconds() + " s; logs in var/log)");
        return now.plus(STILL_WAITING);
    }

    private void requireAlive(ServiceProcess service) throws SuiteException, IOException {
        if (service.alive() || stopping) {
            return;
        }
        StringBuilder message = new StringBuilder(service.spec().name() + " ended with exit code " + service.exitCode()
                + " before it was ready; the last lines of " + service.log().file() + ":");
        service.log().tail(LAST_LINES).forEach(line -> message.append("\n    ").append(line));
        throw new SuiteException(message.toString());
    }

    private void startUnlessStopping(ServiceProcess service) throws IOException {
        synchronized (lock) {
            if (!stopping) {
                service.start();
                restarts.computeIfAbsent(service, s -> new Restart()).started = Instant.now();
            }
        }
    }

    /** Restarts what dies, with growing pauses, until {@link #stop}. */
    public void watch() throws IOException, InterruptedException {
        while (!stopping) {
            for (Map.Entry<ServiceProcess, Restart> entry : restarts.entrySet()) {
                watch(entry.getKey(), entry.getValue());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void watch(ServiceProcess service, Restart restart) throws IOException, InterruptedException {
        String name = service.spec().name();
        if (service.alive()) {
            if (restart.announceReady && service.spec().readiness().ready()) {
                restart.announceReady = false;
                console.say(name + " is ready again after "
                        + SuiteConsole.seconds(Duration.between(restart.started, Instant.now())));
            }
            return;
        }
        Instant now = Instant.now();
        if (restart.due == null) {
            Duration pause = restart.backoff.afterRunOf(Duration.between(restart.started, now));
            restart.due = now.plus(pause);
            if (!stopping) {
                console.say(name + " (pid " + service.pid() + ") ended with exit code " + service.exitCode()
                        + "; starting it again in " + pause.toSeconds() + " s");
            }
        } else if (!now.isBefore(restart.due)) {
            restart.due = null;
            restart.announceReady = true;
            startUnlessStopping(service);
        }
    }

    /** Stops all, the last stage first; what does not end in its time is killed. Calling it again changes nothing. */
    public void stop() throws InterruptedException {
        stopping = true;
        synchronized (lock) {
            for (List<ServiceProcess> stage : stages.reversed()) {
                List<ServiceProcess> running =
                        stage.stream().filter(ServiceProcess::alive).toList();
                running.forEach(ServiceProcess::terminate);
                for (ServiceProcess service : running) {
                    Instant begin = Instant.now();
                    boolean ended = service.awaitEnd();
                    console.say(service.spec().name()
                            + (ended ? " stopped" : " did not stop and was killed")
                            + " after " + SuiteConsole.seconds(Duration.between(begin, Instant.now())));
                }
            }
            stages.forEach(stage -> stage.forEach(ServiceProcess::forget));
        }
    }

    boolean stopping() {
        return stopping;
    }

    private static final class Restart {
        private final Backoff backoff = new Backoff();
        private Instant started = Instant.EPOCH;
        private @Nullable Instant due;
        private boolean announceReady;
    }
}
