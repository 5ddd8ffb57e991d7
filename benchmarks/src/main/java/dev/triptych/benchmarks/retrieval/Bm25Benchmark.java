package dev.triptych.benchmarks.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** What a search by words makes of the documents that the long encoders are scored on. */
@Command(
        name = "bm25",
        description = "Looks for documents by their titles with Lucene's BM25, and scores how well they are found.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Bm25Benchmark implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Parameters(
            paramLabel = "DOCUMENTS",
            description = "name, title and body as JSON by line, which foundry held-out-documents writes")
    private Path documents = Path.of("held-out.jsonl");

    @Option(names = "--out", description = "also write the scores to this file, for foundry evaluate-long --bm25")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException {
        List<TitledDocument> read = read(documents);
        if (read.isEmpty()) {
            System.err.println(documents + " holds no documents");
            return 1;
        }
        try (TitleSearch search = new TitleSearch(read)) {
            RetrievalScores scores = RetrievalScores.of(search.ranks(), "Lucene " + Version.LATEST);
            String json = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(scores);
            System.out.println(json);
            if (out != null) {
                Files.writeString(out, json + "\n");
            }
        }
        return 0;
    }

    private static List<TitledDocument> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .map(line -> JSON.readValue(line, TitledDocument.class))
                .toList();
    }
}
