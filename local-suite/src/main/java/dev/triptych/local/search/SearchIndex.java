package dev.triptych.local.search;

import dev.triptych.local.search.IndexedFile.IndexedPassage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The vectors of a folder's files, kept in one file. Owned by one thread. A file that cannot be read, because another
 * version or an interruption left it so, counts as empty: everything is embedded anew.
 */
final class SearchIndex {

    private static final int MAGIC = 0x54525331;
    private static final int MOST_NUMBERS = 1 << 16;

    private final Path store;
    private final Map<String, IndexedFile> files = new TreeMap<>();

    private SearchIndex(Path store) {
        this.store = store;
    }

    static SearchIndex open(Path store) {
        SearchIndex index = new SearchIndex(store);
        if (Files.exists(store)) {
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(store)))) {
                index.read(in);
            } catch (IOException | IllegalArgumentException e) {
                index.files.clear();
            }
        }
        return index;
    }

    /** Whether the file is in the index as it is. */
    boolean knows(String name, String digest) {
        IndexedFile known = files.get(name);
        return known != null && known.digest().equals(digest);
    }

    void put(IndexedFile file) {
        files.put(file.name(), file);
    }

    /** Forgets files that are no longer there. */
    void retain(List<String> names) {
        files.keySet().retainAll(names);
    }

    List<IndexedFile> files() {
        return List.copyOf(files.values());
    }

    /** Written whole and moved into place. */
    void save() throws IOException {
        Files.createDirectories(store.toAbsolutePath().getParent());
        Path part = store.resolveSibling(store.getFileName() + ".part");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)))) {
            out.writeInt(MAGIC);
            out.writeInt(files.size());
            for (IndexedFile file : files.values()) {
                out.writeUTF(file.name());
                out.writeUTF(file.digest());
                write(out, file.vector());
                out.writeInt(file.passages().size());
                for (IndexedPassage passage : file.passages()) {
                    out.writeInt(passage.place().start());
                    out.writeInt(passage.place().end());
                    write(out, passage.vector());
                }
            }
        }
        Files.move(part, store, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            return;
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            String digest = in.readUTF();
            float[] vector = vector(in);
            int passages = in.readInt();
            List<IndexedPassage> read = new ArrayList<>();
            for (int j = 0; j < passages; j++) {
                read.add(new IndexedPassage(new Passage(in.readInt(), in.readInt()), vector(in)));
            }
            put(new IndexedFile(name, digest, vector, read));
        }
    }

    private static void write(DataOutputStream out, float[] vector) throws IOException {
        out.writeInt(vector.length);
        for (float value : vector) {
            out.writeFloat(value);
        }
    }

    private static float[] vector(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MOST_NUMBERS) {
            throw new IllegalArgumentException("a vector has at most " + MOST_NUMBERS + " numbers, got " + length);
        }
        float[] vector = new float[length];
        for (int i = 0; i < length; i++) {
            vector[i] = in.readFloat();
        }
        return vector;
    }
}
