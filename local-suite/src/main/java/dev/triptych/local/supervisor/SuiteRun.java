package dev.triptych.local.supervisor;

import dev.triptych.local.broker.BrokerAdmin;
import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.settings.SuiteSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One {@code up}, from taking the lock to the last process stopped. Runs on the main thread until a signal. */
public final class SuiteRun {

    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    private final SuiteSettings settings;
    private final SuiteFolders folders;
    private final SuiteConsole console;

    public SuiteRun(SuiteSettings settings, SuiteFolders folders, SuiteConsole console) {
        this.settings = settings;
        this.folders = folders;
        this.console = console;
    }

    /**
     * Starts the suite and stays with it.
     *
     * @param followLogs whether the services' logs are printed here once all is ready
     * @return the exit code, where the suite was already running or could not be started; otherwise a signal ends it
     */
    public int up(SuitePlan plan, boolean followLogs) throws IOException, InterruptedException {
        Optional<SuiteLock> lock = SuiteLock.take(folders.run());
        if (lock.isEmpty()) {
            console.say("the suite is already running: " + url() + " (./triptych status, ./triptych down)");
            return 0;
        }
        Supervisor supervisor = new Supervisor(plan, folders, console);
        StartupTraining training = new TriptychSuite(settings, folders).training(plan, console);
        PidFile pidFile = new PidFile(folders.run(), "suite");
        try {
            Files.deleteIfExists(readyMark(folders));
            new SuiteStop(folders, console).stopLeftovers();
            Preflight.check(plan.services());
            pidFile.write(ProcessHandle.current().pid());
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> stop(training, supervisor, pidFile), "suite-shutdown"));
            run(supervisor, plan, training, followLogs);
            return 0;
        } catch (SuiteException e) {
            console.say(e.getMessage());
            supervisor.stop();
            pidFile.delete();
            return 1;
        }
    }

    private void run(Supervisor supervisor, SuitePlan plan, StartupTraining training, boolean followLogs)
            throws SuiteException, IOException, InterruptedException {
        Instant begin = Instant.now();
        supervisor.start(this::createTopics);
        if (supervisor.stopping()) {
            return;
        }
        console.say("all ready after " + SuiteConsole.seconds(Duration.between(begin, Instant.now())));
        welcome(plan, followLogs);
        Files.writeString(readyMark(folders), url() + "\n");
        if (followLogs) {
            List<String> names = plan.services().stream().map(ServiceSpec::name).toList();
            Thread.ofPlatform()
                    .name("log-follower")
                    .daemon()
                    .start(new LogFollower(console, names, folders.log())::follow);
        }
        training.start();
        supervisor.watch();
    }

    /** The services create them too; here they are there before the first client, whichever service is slow. */
    private void createTopics() throws SuiteException, InterruptedException {
        try (BrokerAdmin admin = new BrokerAdmin(settings.bootstrapServers(), ADMIN_TIMEOUT)) {
            admin.createTopics();
        } catch (ExecutionException | TimeoutException e) {
            @Nullable Throwable cause = e.getCause();
            throw new SuiteException("the topics cannot be created: " + (cause == null ? e : cause));
        }
    }

    private void welcome(SuitePlan plan, boolean followLogs) {
        if (plan.services().stream().noneMatch(spec -> spec.name().equals(TriptychSuite.GATEWAY))) {
            return;
        }
        console.sayPlain(List.of(
                "",
                "  Triptych listens on " + url(),
                "",
                "  Try it:",
                "    curl -s " + url() + "/translate -H 'Content-Type: application/json' \\",
                "      -d '{\"q\": \"Good morning, world.\", \"source\": \"en\", \"target\": \"de\"}'",
                "",
                followLogs ? "  Ctrl-C stops everything." : "  ./triptych down stops everything.",
                ""));
    }

    private String url() {
        return "http://localhost:" + settings.gatewayPort();
    }

    static Path readyMark(SuiteFolders folders) {
        return folders.run().resolve("suite.ready");
    }

    private void stop(StartupTraining training, Supervisor supervisor, PidFile pidFile) {
        training.close();
        try {
            supervisor.stop();
            Files.deleteIfExists(readyMark(folders));
            pidFile.delete();
        } catch (IOException e) {
            console.say("var/run could not be tidied: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
