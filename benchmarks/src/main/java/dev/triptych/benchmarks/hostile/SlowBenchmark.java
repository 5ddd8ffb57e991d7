package dev.triptych.benchmarks.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.triptych.benchmarks.BriefMeasurement;
import dev.triptych.benchmarks.ClosedLoop;
import dev.triptych.benchmarks.RunningSuite;
import dev.triptych.benchmarks.Throughput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Clients that send a byte a second or read nothing, beside one that is as fast as it can be. */
@Command(
        name = "slow",
        description = "Opens slow and idle connections to a running suite, and measures one client beside them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class SlowBenchmark implements Callable<Integer> {

    private static final int MOST_EACH = 5_000;

    /** Until the streams have been computed, which the client waits for as it would for anybody's. */
    private static final Duration COMING = Duration.ofSeconds(15);

    private static final Duration BETWEEN_BYTES = Duration.ofSeconds(1);
    private static final String REQUEST =
            "{\"source\":\"en\",\"target\":\"de\",\"input\":\"The dog sees a red car.\",\"strategy\":\"greedy\"}";
    private static final String STREAM =
            "{\"model\":\"triptych-en-de\",\"prompt\":\"The dog sees a red car.\",\"temperature\":0,\"stream\":true}";

    @Mixin
    private RunningSuite suite = new RunningSuite();

    @Option(names = "--senders", description = "half of them trickle headers, half bodies (default: ${DEFAULT-VALUE})")
    private int senders = 1000;

    @Option(names = "--idle", description = "ask for a stream and read nothing (default: ${DEFAULT-VALUE})")
    private int idle = 1000;

    @Mixin
    private BriefMeasurement measurement = new BriefMeasurement(40);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        Duration duration = measurement.duration();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(30))
                .build()) {
            ClosedLoop.run(1, Duration.ofSeconds(3), number -> ask(client));
            print("alone", ClosedLoop.run(1, Duration.ofSeconds(5), number -> ask(client)));
            int each = Math.clamp(senders, 0, MOST_EACH) / 2;
            for (int i = 0; i < each; i++) {
                threads.submit(() -> trickle(head("X-Slow: ")));
                threads.submit(() -> trickle(head("Content-Length: 1000\r\n\r\n")));
            }
            for (int i = 0; i < Math.clamp(idle, 0, MOST_EACH); i++) {
                threads.submit(() -> readNothing(head("Content-Length: " + STREAM.length() + "\r\n\r\n") + STREAM));
            }
            print("while they come", ClosedLoop.run(1, COMING, number -> ask(client)));
            print("beside them", ClosedLoop.run(1, duration, number -> ask(client)));
            System.out.printf(
                    "slow %d connections still open, %d senders cut off, %d of the client's requests answered 429%n",
                    open.get(), cut.get(), refused.get());
        } finally {
            threads.shutdownNow();
        }
        return 0;
    }

    private static void print(String when, Throughput throughput) {
        System.out.printf(
                Locale.ROOT,
                "slow one client %s: %d requests, p50 %.0f ms, p99 %.0f ms, longest %.0f ms%n",
                when,
                throughput.requests(),
                throughput.latency(0.5),
                throughput.latency(0.99),
                throughput.latency(1));
    }

    private int ask(HttpClient client) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(suite.gateway("/v1/translations"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        // With many streams at once the engine may say when to come again, as to anybody.
        if (status != 200 && status != 429) {
            throw new IllegalStateException("HTTP " + status);
        }
        if (status == 429) {
            refused.incrementAndGet();
        }
        return 1;
    }

    private static String head(String end) {
        return "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + end;
    }

    /** A byte a second, until the other side has had enough. */
    private Void trickle(String beginning) throws IOException, InterruptedException {
        try (Socket socket = connect(beginning)) {
            while (true) {
                Thread.sleep(BETWEEN_BYTES);
                socket.getOutputStream().write('x');
            }
        } catch (IOException e) {
            cut.incrementAndGet();
            throw e;
        } finally {
            open.decrementAndGet();
        }
    }

    private Void readNothing(String request) throws IOException, InterruptedException {
        try (Socket socket = connect(request)) {
            Thread.sleep(Duration.ofSeconds(2L * BriefMeasurement.LONGEST_SECONDS));
            return null;
        } finally {
            open.decrementAndGet();
        }
    }

    private Socket connect(String beginning) throws IOException {
        open.incrementAndGet();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), suite.port());
        socket.getOutputStream().write(beginning.getBytes(US_ASCII));
        return socket;
    }
}
