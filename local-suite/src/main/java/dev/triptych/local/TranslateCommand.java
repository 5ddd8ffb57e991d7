package dev.triptych.local;

import dev.triptych.document.Document;
import dev.triptych.local.broker.BrokerAdmin;
import dev.triptych.local.client.BarProgressView;
import dev.triptych.local.client.ClientException;
import dev.triptych.local.client.FileTranslation;
import dev.triptych.local.client.JobPace;
import dev.triptych.local.client.LineProgressView;
import dev.triptych.local.client.OutputFile;
import dev.triptych.local.client.ProgressView;
import dev.triptych.local.client.TranslationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "translate",
        description = {
            "Translates text, gettext catalogs, subtitles and JSON lines as a batch job over Kafka.",
            "Run the same command again after an interruption: it goes on where it was."
        },
        mixinStandardHelpOptions = true)
final class TranslateCommand implements Callable<Integer> {

    private static final String LANGUAGE = "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*";
    private static final String UNIT = "lines";
    private static final Duration REACH_TIMEOUT = Duration.ofSeconds(5);

    /** Longer than any one step of the client. */
    private static final long LAST_STEP_SECONDS = 20;

    @Option(names = "--from", defaultValue = "en", paramLabel = "CODE", description = "Source language (default en).")
    String from = "en";

    @Option(names = "--to", defaultValue = "de", paramLabel = "CODE", description = "Target language (default de).")
    String to = "de";

    @Option(
            names = "--strategy",
            description = "greedy, beam, sample, ctc, mask-predict, speculative, auto; default greedy.")
    @Nullable
    String strategy;

    @Option(names = "--model", description = "The model's id; by default the one that serves the language pair.")
    @Nullable
    String model;

    @Option(names = "--output", paramLabel = "FILE", description = "Where to; by default FILE.de.po beside FILE.po.")
    @Nullable
    Path output;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files in UTF-8: .txt, .po, .srt, .jsonl.")
    List<Path> files = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec command;

    private volatile boolean interrupted;
    private final CountDownLatch lastStep = new CountDownLatch(1);

    @Override
    @SuppressWarnings("SystemOut") // a command's output
    public Integer call() throws Exception {
        try {
            validate();
            List<FileTranslation> translations = open();
            requireSuite();
            Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "translate-interrupt"));
            return translate(translations);
        } catch (ClientException e) {
            System.err.println("triptych: " + e.getMessage());
            return 1;
        } finally {
            lastStep.countDown();
        }
    }

    private void validate() throws IOException, ClientException {
        requireLanguage("--from", from);
        requireLanguage("--to", to);
        if (output != null && files.size() > 1) {
            throw refuse("--output names one file, but there are " + files.size() + " to translate");
        }
        for (Path file : files) {
            if (Document.Format.of(file.getFileName().toString()) == null) {
                throw refuse(file + " is not a format that can be translated; supported: " + Document.Format.endings());
            }
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw refuse(file + " is not a file that can be read");
            }
        }
    }

    private void requireLanguage(String option, String code) {
        if (!code.matches(LANGUAGE)) {
            throw refuse(option + " takes a language code such as en or pt-BR, not \"" + code + "\"");
        }
    }

    private CommandLine.ParameterException refuse(String message) {
        return new CommandLine.ParameterException(command.commandLine(), message);
    }

    /** Reads all files first: a fault in the last one is said before the first is sent. */
    private List<FileTranslation> open() throws IOException, ClientException {
        TranslationSettings settings = new TranslationSettings(from, to, strategy, model);
        List<FileTranslation> translations = new ArrayList<>();
        for (Path file : files) {
            Path target = output == null ? OutputFile.besides(file, to) : output;
            translations.add(FileTranslation.open(file, target, settings));
        }
        return translations;
    }

    private static void requireSuite() throws ClientException, InterruptedException {
        String servers = LocalSuite.settings().bootstrapServers();
        try (BrokerAdmin admin = new BrokerAdmin(servers, REACH_TIMEOUT)) {
            if (!admin.ready()) {
                throw new ClientException("no Kafka broker answers at " + servers
                        + "; start the suite with ./triptych up (or set TRIPTYCH_KAFKA_PORT)");
            }
        }
    }

    @SuppressWarnings("SystemOut")
    private int translate(List<FileTranslation> translations) throws Exception {
        boolean failed = false;
        for (FileTranslation translation : translations) {
            FileTranslation.Summary summary;
            try (ProgressView view = view(translation)) {
                summary = translation.run(
                        LocalSuite.settings().bootstrapServers(), JobPace.DEFAULT, view, () -> interrupted);
            }
            summary.lines().forEach(System.err::println);
            if (interrupted) {
                return 1;
            }
            failed |= summary.failed() > 0;
        }
        return failed ? 1 : 0;
    }

    @SuppressWarnings("SystemOut")
    private static ProgressView view(FileTranslation translation) {
        return LocalSuite.isTerminal(2)
                ? new BarProgressView(System.err, translation.name(), translation.items(), UNIT)
                : new LineProgressView(System.err, translation.name(), translation.items(), UNIT, Clock.systemUTC());
    }

    /** Lets the step at hand end, so that no transaction is left open that would hold up the workers. */
    private void interrupt() {
        interrupted = true;
        try {
            lastStep.await(LAST_STEP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
