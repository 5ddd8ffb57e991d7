package dev.triptych.local.supervisor;

import dev.triptych.local.settings.SuiteFolders;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One service and the process that runs it now. Owned by the {@link Supervisor}, which guards it with its lock. */
final class ServiceProcess {

    private final ServiceSpec spec;
    private final SuiteFolders folders;
    private final PidFile pidFile;
    private final ServiceLog log;
    private @Nullable Process process;

    ServiceProcess(ServiceSpec spec, SuiteFolders folders) {
        this.spec = spec;
        this.folders = folders;
        this.pidFile = new PidFile(folders.run(), spec.name());
        this.log = new ServiceLog(folders.log(), spec.name());
    }

    ServiceSpec spec() {
        return spec;
    }

    ServiceLog log() {
        return log;
    }

    /** The first start begins a new log; a restart goes on in the same. */
    void start() throws IOException {
        if (process == null) {
            log.rotate();
        }
        ProcessBuilder builder = ShieldedProcess.builder(spec.command(), folders.home(), log);
        builder.environment().putAll(spec.environment());
        Process started = builder.start();
        process = started;
        pidFile.write(started.pid());
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process == null ? -1 : process.pid();
    }

    /** The exit code of a process that ended; what a signal ended counts from 128. */
    int exitCode() {
        return process == null || process.isAlive() ? 0 : process.exitValue();
    }

    /** Asks the process to stop. */
    void terminate() {
        if (process != null) {
            process.destroy();
        }
    }

    /** Waits for the end that {@link #terminate} asked for. Returns false where it had to be killed. */
    boolean awaitEnd() throws InterruptedException {
        Process ending = process;
        if (ending == null) {
            return true;
        }
        boolean ended = ending.waitFor(spec.grace().toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            ending.destroyForcibly();
            ending.waitFor();
        }
        return ended;
    }

    /** Removes the pid file of a process that ended. */
    void forget() {
        if (process != null) {
            pidFile.delete();
        }
    }
}
