package dev.triptych.local.supervisor;

import dev.triptych.local.settings.SuiteFolders;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stops a suite from outside: through its supervisor, or, where that was killed, process by process. */
public final class SuiteStop {

    /** The stages' own times, and some for the supervisor. */
    private static final Duration DEADLINE = Duration.ofSeconds(180);

    private static final long POLL_MILLIS = 100;

    /** Clients' door first, what the others need last. */
    private static final List<String> ORDER =
            List.of(TriptychSuite.GATEWAY, TriptychSuite.TEXT, TriptychSuite.VISION, TriptychSuite.KAFKA);

    private final SuiteFolders folders;
    private final SuiteConsole console;

    public SuiteStop(SuiteFolders folders, SuiteConsole console) {
        this.folders = folders;
        this.console = console;
    }

    /**
     * Returns when nothing of the suite runs any more.
     *
     * @throws SuiteException if the supervisor does not end in time
     */
    public void down() throws SuiteException, IOException, InterruptedException {
        boolean ran = stopSupervisor();
        ran |= stopLeftovers();
        console.say(ran ? "the suite has stopped" : "the suite is not running");
    }

    private boolean stopSupervisor() throws SuiteException, IOException, InterruptedException {
        if (!SuiteLock.isHeld(folders.run())) {
            return false;
        }
        Optional<ProcessHandle> supervisor = new PidFile(folders.run(), "suite").process();
        if (supervisor.isEmpty()) {
            throw new SuiteException("a suite is being started or stopped just now; try again in a moment");
        }
        console.say("stopping the suite (pid " + supervisor.get().pid() + ")");
        supervisor.get().destroy();
        Instant deadline = Instant.now().plus(DEADLINE);
        while (SuiteLock.isHeld(folders.run())) {
            if (Instant.now().isAfter(deadline)) {
                throw new SuiteException(
                        "the supervisor (pid " + supervisor.get().pid() + ") has not ended after "
                                + DEADLINE.toSeconds() + " s; see ./triptych status and var/log");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Stops what a supervisor that was killed left behind. Returns whether there was anything. */
    boolean stopLeftovers() throws InterruptedException {
        boolean any = false;
        for (String name : ORDER) {
            PidFile pidFile = new PidFile(folders.run(), name);
            Optional<ProcessHandle> process = pidFile.process();
            if (process.isPresent()) {
                any = true;
                console.say("stopping " + name + " (pid " + process.get().pid() + "), left from an earlier run");
                stop(process.get());
            }
            pidFile.delete();
        }
        return any;
    }

    private static void stop(ProcessHandle process) throws InterruptedException {
        process.destroy();
        Instant deadline = Instant.now().plus(TriptychSuite.GRACE);
        while (process.isAlive()) {
            if (Instant.now().isAfter(deadline)) {
                process.destroyForcibly();
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
