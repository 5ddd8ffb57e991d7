package dev.triptych.benchmarks.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TitleSearchTest {

    /** Texts of few words, so that most titles match many bodies; of up to 40 words, whose lengths Lucene keeps exactly. */
    private static List<TitledDocument> random(long seed) {
        Random random = new Random(seed);
        List<TitledDocument> documents = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            documents.add(new TitledDocument(
                    "d" + i, words(random, 1 + random.nextInt(4)), words(random, 1 + random.nextInt(40))));
        }
        return documents;
    }

    private static String words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add("Word" + random.nextInt(25));
        }
        return String.join(", ", words);
    }

    /** The formula word by word, k1 1.2 and b 0.75. */
    private static double score(String title, String body, List<List<String>> bodies) {
        double mean = bodies.stream().mapToInt(List::size).average().orElseThrow();
        List<String> words = terms(body);
        double score = 0;
        for (String word : terms(title)) {
            long having = bodies.stream().filter(other -> other.contains(word)).count();
            double idf = Math.log(1 + (bodies.size() - having + 0.5) / (having + 0.5));
            double count = Collections.frequency(words, word);
            score += idf * count / (count + 1.2 * (1 - 0.75 + 0.75 * words.size() / mean));
        }
        return score;
    }

    private static List<String> terms(String text) {
        return Arrays.asList(text.toLowerCase(java.util.Locale.ROOT).split(", "));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void ranksAreThoseOfTheFormula(long seed) throws IOException {
        List<TitledDocument> documents = random(seed);
        List<List<String>> bodies =
                documents.stream().map(document -> terms(document.body())).toList();
        try (TitleSearch search = new TitleSearch(documents)) {
            int[] ranks = search.ranks();
            for (int i = 0; i < ranks.length; i++) {
                String title = documents.get(i).title();
                double own = score(title, documents.get(i).body(), bodies);
                long expected = own == 0
                        ? ranks.length
                        : documents.stream()
                                .filter(other -> score(title, other.body(), bodies) >= own - 1e-6)
                                .count();
                assertThat(ranks[i]).as("seed %d, document %d", seed, i).isEqualTo((int) expected);
            }
        }
    }

    @Test
    void scoresStopAtTen() {
        RetrievalScores scores = RetrievalScores.of(new int[] {1, 2, 11, 4}, "none");
        assertThat(scores.reciprocalRank()).isEqualTo(0.4375);
        assertThat(scores.recall()).isEqualTo(0.75);
    }

    @Test
    void theCommandWritesWhatTheFoundryReads(@TempDir Path folder) throws IOException {
        Path documents = folder.resolve("held-out.jsonl");
        Files.writeString(documents, """
                {"name": "a", "title": "red apple", "body": "an apple that is red"}
                {"name": "b", "title": "green pear", "body": "the pear is green"}
                """);
        Path out = folder.resolve("bm25.json");
        assertThat(new CommandLine(new Bm25Benchmark()).execute(documents.toString(), "--out", out.toString()))
                .isZero();
        JsonNode scores = JsonMapper.shared().readTree(out);
        assertThat(scores.get("mrr@10").doubleValue()).isEqualTo(1);
        assertThat(scores.get("recall@10").doubleValue()).isEqualTo(1);
        assertThat(scores.get("documents").intValue()).isEqualTo(2);
        assertThat(scores.get("engine").stringValue()).startsWith("Lucene 1");
    }
}
