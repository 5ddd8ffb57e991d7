package dev.triptych.local;

import dev.triptych.local.client.BarProgressView;
import dev.triptych.local.client.LineProgressView;
import dev.triptych.local.client.ProgressView;
import dev.triptych.local.search.FolderSearch;
import dev.triptych.local.search.HttpEmbeddings;
import dev.triptych.local.search.SearchException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "search",
        description = {
            "Searches the text files of a folder by meaning.",
            "Embeds them first, and what is new or changed when run again; the index lies under var/search."
        },
        mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {

    private static final int SHOWN_CHARS = 240;
    private static final String UNIT = "files";

    @Option(
            names = "--model",
            defaultValue = "all-minilm-l6-v2",
            description = "The model that embeds (default ${DEFAULT-VALUE}).")
    String model = "all-minilm-l6-v2";

    @Option(names = "--top", defaultValue = "5", description = "How many passages and files (default 5).")
    int top = 5;

    @Parameters(index = "0", paramLabel = "DIR", description = "A folder with text files in UTF-8.")
    Path folder = Path.of("");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "QUERY", description = "What to look for.")
    String[] query = {};

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec command;

    @Override
    @SuppressWarnings("SystemOut") // a command's output
    public Integer call() throws IOException, InterruptedException {
        String words = String.join(" ", query);
        validate(words);
        URI suite = URI.create("http://127.0.0.1:" + LocalSuite.settings().gatewayPort() + "/");
        Optional<String> key =
                Optional.ofNullable(System.getenv("TRIPTYCH_API_KEY")).filter(given -> !given.isBlank());
        FolderSearch search = new FolderSearch(
                folder,
                LocalSuite.folders().home().resolve("var/search"),
                model,
                new HttpEmbeddings(suite, model, key));
        try {
            if (search.update(SearchCommand::view) == 0) {
                System.err.println("triptych: " + folder + " has no text files");
                return 1;
            }
            print(search.find(words, top));
            return 0;
        } catch (SearchException e) {
            System.err.println("triptych: " + e.getMessage());
            return 1;
        }
    }

    private void validate(String words) {
        if (!Files.isDirectory(folder)) {
            throw refuse(folder + " is not a folder");
        }
        if (words.isBlank()) {
            throw refuse("QUERY must not be blank");
        }
        if (top < 1 || top > 100) {
            throw refuse("--top must be from 1 to 100, not " + top);
        }
    }

    private CommandLine.ParameterException refuse(String message) {
        return new CommandLine.ParameterException(command.commandLine(), message);
    }

    @SuppressWarnings("SystemOut")
    private static ProgressView view(long files) {
        return LocalSuite.isTerminal(2)
                ? new BarProgressView(System.err, "embedding", files, UNIT)
                : new LineProgressView(System.err, "embedding", files, UNIT, Clock.systemUTC());
    }

    @SuppressWarnings("SystemOut")
    private static void print(FolderSearch.Answer answer) {
        System.out.println("Passages");
        for (FolderSearch.PassageHit hit : answer.passages()) {
            System.out.printf(Locale.ROOT, "%n  %.3f  %s:%d%n", hit.score(), hit.file(), hit.line());
            System.out.println("  " + shortened(hit.text()));
        }
        System.out.printf("%nFiles%n%n");
        for (FolderSearch.FileHit hit : answer.files()) {
            System.out.printf(Locale.ROOT, "  %.3f  %s%n", hit.score(), hit.file());
        }
    }

    /** One line without control characters: a file's text must not command the terminal. */
    static String shortened(String text) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
    }
}
