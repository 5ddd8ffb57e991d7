package dev.triptych.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.triptych.document.Document;
import dev.triptych.document.DocumentException;
import dev.triptych.local.broker.BrokerFixture;
import dev.triptych.wire.Topics;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The client against a real broker, with a scripted worker on the other side of the topics. */
class TranslationIT {

    private static final Duration DEADLINE = Duration.ofSeconds(180);
    private static final TranslationSettings SETTINGS = new TranslationSettings("en", "de", null, null);

    /** Stops sending 150 items ahead of the worker: a client can be caught in the middle. */
    private static final JobPace SMALL = new JobPace(50, 150, Duration.ofSeconds(30), Duration.ofSeconds(60));

    @TempDir
    static Path brokerFolder;

    private static BrokerFixture broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new BrokerFixture(brokerFolder.resolve("kafka")).start();
        broker.createTopics();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @Test
    void linesComeBackInOrderAndABadOneIsLeftAsItWas(TestInfo test) throws Exception {
        List<String> source = lines(test, 1300);
        source.set(7, "");
        source.set(8, "  \t");
        source.set(700, "  " + ScriptedWorker.BAD + " line\t");
        Path input = write("in.txt", source);
        try (ScriptedWorker ignored = new ScriptedWorker(broker.bootstrapServers(), Integer.MAX_VALUE)) {
            FileTranslation.Summary summary = translate(input, JobPace.DEFAULT, new SilentView());

            assertThat(summary.failed()).isEqualTo(1);
            assertThat(summary.lines())
                    .anySatisfy(line -> assertThat(line).contains("line 701").contains("a bad line"));
        }
        List<String> expected = new ArrayList<>(translated(source));
        expected.set(7, "");
        expected.set(8, "  \t");
        expected.set(700, source.get(700));
        assertThat(output()).hasContent(String.join("\n", expected) + "\n");
        assertThat(requestIds(input)).hasSize(1298).doesNotHaveDuplicates();
    }

    @Test
    void aKilledClientGoesOnWithoutSendingAgain(TestInfo test) throws Exception {
        List<String> source = lines(test, 500);
        Path input = write("in.txt", source);
        try (ScriptedWorker worker = new ScriptedWorker(broker.bootstrapServers(), 70)) {
            Process client = startClient(input);
            // 70 answers make room up to 220 items: five chunks of 50 are begun before the window is full.
            await().atMost(DEADLINE).until(() -> requestIds(input).size() >= 200);
            client.destroyForcibly();
            assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output()).doesNotExist();
            int sentBefore = requestIds(input).size();
            assertThat(sentBefore).isBetween(200, 250);

            worker.allow(Integer.MAX_VALUE / 2);
            SilentView view = new SilentView();
            translate(input, SMALL, view);

            assertThat(view.notes()).containsExactly("resuming: " + sentBefore + " of 500 lines were already sent");
        }
        assertThat(output()).hasContent(String.join("\n", translated(source)) + "\n");
        assertThat(requestIds(input)).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void whatADeadClientLeftInAnOpenTransactionIsSentOnce(TestInfo test) throws Exception {
        List<String> source = lines(test, 30);
        Path input = write("in.txt", source);
        TranslationJob job = job(input);
        try (KafkaProducer<String, byte[]> dead = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", JobLedger.groupId(job)),
                new StringSerializer(),
                new ByteArraySerializer())) {
            dead.initTransactions();
            dead.beginTransaction();
            dead.send(KafkaMessageFactory.<String>createWriter(Topics.TEXT_REQUESTS, "k")
                            .writeBinary(job.request(0, OffsetDateTime.now(ZoneOffset.UTC))))
                    .get(30, TimeUnit.SECONDS);

            try (ScriptedWorker ignored = new ScriptedWorker(broker.bootstrapServers(), Integer.MAX_VALUE)) {
                translate(input, SMALL, new SilentView());
            }
        }
        assertThat(output()).hasContent(String.join("\n", translated(source)) + "\n");
        assertThat(requestIds(input)).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void anInterruptedClientSaysSoAndGoesOn(TestInfo test) throws Exception {
        List<String> source = lines(test, 400);
        Path input = write("in.txt", source);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (ScriptedWorker worker = new ScriptedWorker(broker.bootstrapServers(), 100)) {
            SilentView view = new SilentView();
            CompletableFuture<FileTranslation.Summary> first = start(input, view, interrupted::get);
            awaitDone(first, view, 100);
            interrupted.set(true);

            assertThat(first.get(30, TimeUnit.SECONDS).lines())
                    .containsExactly(
                            "interrupted with 100 of 400 lines translated; run the same command again to go on");

            worker.allow(Integer.MAX_VALUE / 2);
            translate(input, SMALL, new SilentView());
        }
        assertThat(output()).hasContent(String.join("\n", translated(source)) + "\n");
        assertThat(requestIds(input)).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void aSecondClientOnTheSameFileTakesItOver(TestInfo test) throws Exception {
        List<String> source = lines(test, 600);
        Path input = write("in.txt", source);
        try (ScriptedWorker worker = new ScriptedWorker(broker.bootstrapServers(), 10)) {
            SilentView firstView = new SilentView();
            CompletableFuture<FileTranslation.Summary> first = start(input, firstView, () -> false);
            awaitDone(first, firstView, 10);
            SilentView secondView = new SilentView();
            CompletableFuture<FileTranslation.Summary> second = start(input, secondView, () -> false);
            awaitDone(second, secondView, 10);

            worker.allow(Integer.MAX_VALUE / 2);

            assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(ApiException.class)
                    .hasStackTraceContaining("another ./triptych translate has taken over the same file");
            assertThat(second.get(60, TimeUnit.SECONDS).failed()).isZero();
        }
        assertThat(output()).hasContent(String.join("\n", translated(source)) + "\n");
        assertThat(requestIds(input)).hasSize(600).doesNotHaveDuplicates();
    }

    @Test
    void aBrokerThatIsKilledMeanwhileIsWaitedFor(TestInfo test) throws Exception {
        List<String> source = lines(test, 400);
        Path input = write("in.txt", source);
        SilentView view = new SilentView();
        CompletableFuture<FileTranslation.Summary> client;
        try (ScriptedWorker ignored = new ScriptedWorker(broker.bootstrapServers(), 100)) {
            client = start(input, view, () -> false);
            awaitDone(client, view, 100);
        }

        broker.kill();
        broker.start();

        try (ScriptedWorker ignored = new ScriptedWorker(broker.bootstrapServers(), Integer.MAX_VALUE)) {
            assertThat(client.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).failed())
                    .isZero();
        }
        assertThat(output()).hasContent(String.join("\n", translated(source)) + "\n");
        assertThat(requestIds(input)).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void aFinishedJobLeavesNothingBehindAndMayBeRunAgain(TestInfo test) throws Exception {
        Path input = write("in.txt", lines(test, 20));
        try (ScriptedWorker ignored = new ScriptedWorker(broker.bootstrapServers(), Integer.MAX_VALUE);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            translate(input, SMALL, new SilentView());
            assertThat(admin.listGroups().all().get())
                    .noneSatisfy(group -> assertThat(group.groupId()).isEqualTo(JobLedger.groupId(job(input))));

            SilentView again = new SilentView();
            translate(input, SMALL, again);

            assertThat(again.notes()).isEmpty();
            assertThat(requestIds(input)).hasSize(40);
        }
    }

    /** A client on a thread of its own: the common pool may have a single one. */
    private CompletableFuture<FileTranslation.Summary> start(Path input, SilentView view, BooleanSupplier interrupted) {
        return CompletableFuture.supplyAsync(
                () -> unchecked(() -> open(input).run(broker.bootstrapServers(), SMALL, view, interrupted)),
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /** A client that fails ends the wait with its own reason. */
    private static void awaitDone(CompletableFuture<?> client, SilentView view, long done) {
        await().atMost(DEADLINE).until(() -> {
            if (client.isCompletedExceptionally()) {
                client.join();
            }
            return view.done() == done;
        });
    }

    private FileTranslation.Summary translate(Path input, JobPace pace, ProgressView view) throws Exception {
        return open(input).run(broker.bootstrapServers(), pace, view, () -> false);
    }

    private FileTranslation open(Path input) throws IOException, ClientException {
        return FileTranslation.open(input, output(), SETTINGS);
    }

    private Path output() {
        return folder.resolve("out.txt");
    }

    private static TranslationJob job(Path input) throws IOException, DocumentException {
        return TranslationJob.of(Files.readAllBytes(input), Document.Format.TXT, SETTINGS);
    }

    /** Lines that no other test has, so that each test's job is its own. */
    private static List<String> lines(TestInfo test, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(test.getDisplayName() + " " + i);
        }
        return lines;
    }

    private static List<String> translated(List<String> lines) {
        return lines.stream().map(ScriptedWorker::translated).toList();
    }

    private Path write(String name, List<String> lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private Process startClient(Path input) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        BrokerFixture.classPath(),
                        KillableClient.class.getName(),
                        broker.bootstrapServers(),
                        input.toString(),
                        output().toString(),
                        Integer.toString(SMALL.chunk()),
                        Integer.toString(SMALL.window()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("client.log").toFile())
                .start();
    }

    /** The ids of the job's committed requests, as any worker would see them. */
    private static List<String> requestIds(Path input) throws Exception {
        TranslationJob job = job(input);
        List<String> ids = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.TEXT_REQUESTS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> request : consumer.poll(Duration.ofMillis(100))) {
                    String id = new String(request.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8);
                    if (id.startsWith(job.id())) {
                        ids.add(id);
                    }
                }
            }
        }
        return ids;
    }

    @FunctionalInterface
    private interface Action<T> {
        T run() throws Exception;
    }

    private static <T> T unchecked(Action<T> action) {
        try {
            return action.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
