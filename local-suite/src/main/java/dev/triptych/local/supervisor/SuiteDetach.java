package dev.triptych.local.supervisor;

import dev.triptych.local.settings.SuiteFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code up --detach}: starts a supervisor in the background and stays until it reports ready, or its end. */
public final class SuiteDetach {

    /** The supervisor's own log, beside those of the services. */
    public static final String LOG_NAME = "suite";

    private static final long POLL_MILLIS = 200;

    private final SuiteFolders folders;
    private final SuiteConsole console;

    public SuiteDetach(SuiteFolders folders, SuiteConsole console) {
        this.folders = folders;
        this.console = console;
    }

    /**
     * Starts {@code arguments} of the command line in the background.
     *
     * @return 0 when the suite is ready, otherwise the supervisor's exit code
     */
    public int up(String mainClass, List<String> arguments) throws IOException, InterruptedException {
        if (SuiteLock.isHeld(folders.run())) {
            console.say("the suite is already running (./triptych status, ./triptych down)");
            return 0;
        }
        Files.deleteIfExists(SuiteRun.readyMark(folders));
        ServiceLog log = new ServiceLog(folders.log(), LOG_NAME);
        log.rotate();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dtriptych.home=" + folders.home(),
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(arguments);
        LogFollower follower = LogFollower.plain(console, log);
        Process supervisor = ShieldedProcess.builder(command, Path.of("").toAbsolutePath(), log)
                .start();
        return await(supervisor, follower);
    }

    private int await(Process supervisor, LogFollower follower) throws IOException, InterruptedException {
        while (true) {
            boolean ready = Files.exists(SuiteRun.readyMark(folders));
            boolean alive = supervisor.isAlive();
            follower.poll();
            if (ready) {
                return 0;
            }
            if (!alive) {
                return supervisor.exitValue();
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
