package dev.triptych.local.search;

import dev.triptych.local.client.ProgressView;
import dev.triptych.local.search.IndexedFile.IndexedPassage;
import dev.triptych.local.search.TextFolder.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Brings the index of a folder up to date and looks for a query in it. */
public final class FolderSearch {

    /** The whole text of a longer file is taken up to here; its passages are all there. */
    private static final int WHOLE_CHARS = 300_000;

    private static final int TEXTS_AT_A_TIME = 32;
    private static final int SAVED_EVERY = 50;

    private final TextFolder folder;
    private final SearchIndex index;
    private final Embeddings embeddings;

    /** @param indexes where indexes are kept, one for each folder and model */
    public FolderSearch(Path folder, Path indexes, String model, Embeddings embeddings) {
        Path root = folder.toAbsolutePath().normalize();
        String name = TextFolder.digest((root + "\n" + model).getBytes(StandardCharsets.UTF_8));
        this.folder = new TextFolder(root);
        this.index = SearchIndex.open(indexes.resolve(name.substring(0, 16) + ".index"));
        this.embeddings = embeddings;
    }

    /**
     * A part of a file that answers a query.
     *
     * @param score the cosine of passage and query
     * @param line where it begins, from 1
     */
    public record PassageHit(String file, double score, int line, String text) {}

    /** @param score the cosine of the whole text and the query */
    public record FileHit(String file, double score) {}

    /** The best passages and files, best first. */
    public record Answer(List<PassageHit> passages, List<FileHit> files) {}

    /**
     * Embeds files that are new or changed, and forgets those that are gone. Interrupted, it goes on from about where it
     * was when it runs again.
     *
     * @param progress made for the number of files to embed
     * @return files in the index
     */
    public int update(LongFunction<ProgressView> progress) throws SearchException, IOException, InterruptedException {
        List<String> present = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (String name : folder.names()) {
            Optional<TextFile> file = folder.read(name);
            if (file.isPresent()) {
                present.add(name);
                if (!index.knows(name, file.get().digest())) {
                    changed.add(name);
                }
            }
        }
        index.retain(present);
        if (!changed.isEmpty()) {
            try (ProgressView view = progress.apply(changed.size())) {
                embed(changed, view);
            }
        }
        index.save();
        return index.files().size();
    }

    private void embed(List<String> names, ProgressView view)
            throws SearchException, IOException, InterruptedException {
        long done = 0;
        view.update(done);
        for (String name : names) {
            Optional<TextFile> file = folder.read(name);
            if (file.isPresent()) {
                index.put(indexed(file.get()));
            }
            view.update(++done);
            if (done % SAVED_EVERY == 0) {
                index.save();
            }
        }
    }

    private IndexedFile indexed(TextFile file) throws SearchException, IOException, InterruptedException {
        String text = file.text();
        List<Passage> passages = Passage.of(text);
        List<IndexedPassage> embedded = new ArrayList<>(passages.size());
        for (int start = 0; start < passages.size(); start += TEXTS_AT_A_TIME) {
            List<Passage> some = passages.subList(start, Math.min(passages.size(), start + TEXTS_AT_A_TIME));
            List<float[]> vectors = embeddings.embed(some.stream()
                    .map(passage -> text.substring(passage.start(), passage.end()))
                    .toList());
            for (int i = 0; i < some.size(); i++) {
                embedded.add(new IndexedPassage(some.get(i), vectors.get(i)));
            }
        }
        float[] whole = passages.size() == 1
                ? embedded.getFirst().vector()
                : embeddings.embed(List.of(beginning(text))).getFirst();
        return new IndexedFile(file.name(), file.digest(), whole, embedded);
    }

    private static String beginning(String text) {
        if (text.length() <= WHOLE_CHARS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(WHOLE_CHARS - 1)) ? WHOLE_CHARS - 1 : WHOLE_CHARS;
        return text.substring(0, end);
    }

    /** @param count of passages and of files, at most */
    public Answer find(String query, int count) throws SearchException, IOException, InterruptedException {
        float[] wanted = embeddings.embed(List.of(query)).getFirst();
        record Candidate(IndexedFile file, IndexedPassage passage, double score) {}
        List<Candidate> candidates = new ArrayList<>();
        List<FileHit> files = new ArrayList<>();
        for (IndexedFile file : index.files()) {
            files.add(new FileHit(file.name(), cosine(wanted, file.vector())));
            for (IndexedPassage passage : file.passages()) {
                candidates.add(new Candidate(file, passage, cosine(wanted, passage.vector())));
            }
        }
        List<PassageHit> passages = candidates.stream()
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .limit(count)
                .map(best -> hit(best.file(), best.passage(), best.score()))
                .toList();
        files.sort(Comparator.comparingDouble(FileHit::score).reversed());
        return new Answer(passages, List.copyOf(files.subList(0, Math.min(count, files.size()))));
    }

    private PassageHit hit(IndexedFile file, IndexedPassage passage, double score) {
        String text = folder.read(file.name()).map(TextFile::text).orElse("");
        int start = Math.min(passage.place().start(), text.length());
        int end = Math.min(passage.place().end(), text.length());
        int line = 1
                + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
        return new PassageHit(file.name(), score, line, text.substring(start, end));
    }

    /** Of vectors of length 1; 0 where a model of another width made one. */
    private static double cosine(float[] one, float[] other) {
        if (one.length != other.length) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
