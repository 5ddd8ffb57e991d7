package dev.triptych.local.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.triptych.local.broker.BrokerFixture;
import dev.triptych.local.settings.SuiteFolders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorIT {

    private static final Duration DEADLINE = Duration.ofSeconds(180);

    @TempDir
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final SuiteConsole console = new SuiteConsole(new PrintStream(out, true, StandardCharsets.UTF_8), false);
    private SuiteFolders folders;
    private Supervisor supervisor;

    @BeforeEach
    void chooseFolders() {
        folders = new SuiteFolders(home);
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        if (supervisor != null) {
            supervisor.stop();
        }
    }

    @Test
    void startsInOrderAndStopsBackwards() throws Exception {
        SuitePlan plan = new SuitePlan(List.of(
                List.of(service("kafka")), List.of(service("text-service")), List.of(service("gateway-service"))));
        supervisor = new Supervisor(plan, folders, console);

        supervisor.start(() -> console.say("prepared"));

        assertThat(new SuiteStatus(plan, folders).rows())
                .allSatisfy(row -> assertThat(row.ready()).isTrue())
                .extracting(SuiteStatus.Row::state)
                .containsOnly("running");
        assertThat(printed())
                .containsSubsequence("kafka is ready", "prepared", "starting text-service", "starting gateway-service");

        supervisor.stop();

        assertThat(printed()).containsSubsequence("gateway-service stopped", "text-service stopped", "kafka stopped");
        assertThat(new ServiceLog(folders.log(), "kafka").tail(1)).containsExactly("goodbye");
        assertThat(new SuiteStatus(plan, folders).rows())
                .extracting(SuiteStatus.Row::state)
                .containsOnly("stopped");
    }

    @Test
    void aServiceThatEndsBeforeItIsReadyIsReportedWithItsLastWords() {
        supervisor = new Supervisor(new SuitePlan(List.of(List.of(service("text-service", "die")))), folders, console);

        assertThatThrownBy(() -> supervisor.start(() -> {}))
                .isInstanceOf(SuiteException.class)
                .hasMessageContaining("text-service ended with exit code 3")
                .hasMessageContaining("the model is missing");
    }

    @Test
    void aKilledServiceIsStartedAgain() throws Exception {
        supervisor = new Supervisor(new SuitePlan(List.of(List.of(service("text-service")))), folders, console);
        supervisor.start(() -> {});
        ProcessHandle first = process("text-service").orElseThrow();
        Thread watch = Thread.ofPlatform().daemon().start(() -> {
            try {
                supervisor.watch();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        first.destroyForcibly();

        await().atMost(DEADLINE).until(() -> printed().contains("text-service is ready again"));
        assertThat(process("text-service"))
                .hasValueSatisfying(now -> assertThat(now.pid()).isNotEqualTo(first.pid()));
        assertThat(printed()).contains("(pid " + first.pid() + ") ended with exit code 137; starting it again in 1 s");
        supervisor.stop();
        watch.join(DEADLINE);
        assertThat(process("text-service")).isEmpty();
    }

    @Test
    void whatAKilledSupervisorLeftIsStoppedFirst() throws Exception {
        supervisor = new Supervisor(new SuitePlan(List.of(List.of(service("text-service")))), folders, console);
        supervisor.start(() -> {});
        ProcessHandle left = process("text-service").orElseThrow();

        assertThat(new SuiteStop(folders, console).stopLeftovers()).isTrue();

        assertThat(left.isAlive()).isFalse();
        assertThat(process("text-service")).isEmpty();
    }

    @Test
    void aPortInUseIsNamedWithItsVariable() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServiceSpec spec = service("text-service", taken.getLocalPort(), List.of());

            assertThatThrownBy(() -> Preflight.check(List.of(spec)))
                    .isInstanceOf(SuiteException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " is already in use")
                    .hasMessageContaining("TRIPTYCH_TEXT_PORT");
        }
    }

    @Test
    void aPidFileIsNotTakenForAYoungerProcess() throws Exception {
        PidFile file = new PidFile(folders.run(), "x");
        file.write(ProcessHandle.current().pid());
        assertThat(file.process()).isPresent();

        Files.setLastModifiedTime(folders.run().resolve("x.pid"), FileTime.fromMillis(0));

        assertThat(file.process()).isEmpty();
    }

    @Test
    void onlyOneSupervisorHoldsTheLock() throws Exception {
        try (SuiteLock ignored = SuiteLock.take(folders.run()).orElseThrow()) {
            assertThat(SuiteLock.isHeld(folders.run())).isTrue();
            assertThat(SuiteLock.take(folders.run())).isEmpty();
        }
        assertThat(SuiteLock.isHeld(folders.run())).isFalse();
    }

    private Optional<ProcessHandle> process(String name) {
        return new PidFile(folders.run(), name).process();
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static ServiceSpec service(String name, String... mode) {
        return service(name, BrokerFixture.freePort(), List.of(mode));
    }

    private static ServiceSpec service(String name, int port, List<String> mode) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                BrokerFixture.classPath(),
                FakeService.class.getName(),
                Integer.toString(port)));
        command.addAll(mode);
        return new ServiceSpec(
                name,
                List.of(port),
                command,
                Map.of(),
                Readiness.http(URI.create("http://127.0.0.1:" + port + "/ready")),
                Duration.ofSeconds(30));
    }
}
