package dev.triptych.text.runtime;

import dev.triptych.modelpackage.FolderFingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells which folders of a repository have changed and are quiet again, from what is seen of them now and then: somebody
 * who copies a model takes a while. Pure but for what it remembers; one thread at a time.
 */
public final class RepositoryWatch {

    private final long quietNanos;
    private final Map<String, Seen> folders = new TreeMap<>();

    /** @param quiet how long a folder must not change before it is told of */
    public RepositoryWatch(Duration quiet) {
        this.quietNanos = quiet.toNanos();
    }

    /** A change that is over. */
    public sealed interface Change {

        String id();

        /** A folder is new or has other files than when it was last told of. */
        record Settled(String id) implements Change {}

        /** A folder is gone. */
        record Removed(String id) implements Change {}
    }

    /** @param present what the folder looked like; without files where it is gone */
    private record Seen(FolderFingerprint present, long sinceNanos, boolean told) {

        boolean gone() {
            return present.files().isEmpty();
        }
    }

    /** Takes the folders as known, so that only later changes are told. */
    public void begin(Map<String, FolderFingerprint> present) {
        present.forEach((id, fingerprint) -> folders.put(id, new Seen(fingerprint, 0, true)));
    }

    /** The folders as they were at the last look. */
    public Map<String, FolderFingerprint> known() {
        Map<String, FolderFingerprint> known = new TreeMap<>();
        folders.forEach((id, seen) -> {
            if (!seen.gone()) {
                known.put(id, seen.present());
            }
        });
        return known;
    }

    /** What has become quiet since the last look. */
    public List<Change> look(Map<String, FolderFingerprint> present, long nowNanos) {
        present.forEach((id, fingerprint) -> see(id, fingerprint, nowNanos));
        for (String id : List.copyOf(folders.keySet())) {
            if (!present.containsKey(id)) {
                see(id, new FolderFingerprint(Map.of()), nowNanos);
            }
        }
        List<Change> changes = new ArrayList<>();
        for (Iterator<Map.Entry<String, Seen>> all = folders.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Seen> entry = all.next();
            Seen seen = entry.getValue();
            if (!seen.told() && nowNanos - seen.sinceNanos() >= quietNanos) {
                if (seen.gone()) {
                    changes.add(new Change.Removed(entry.getKey()));
                    all.remove();
                } else {
                    changes.add(new Change.Settled(entry.getKey()));
                    entry.setValue(new Seen(seen.present(), seen.sinceNanos(), true));
                }
            }
        }
        return changes;
    }

    private void see(String id, FolderFingerprint fingerprint, long nowNanos) {
        Seen before = folders.get(id);
        if (before == null || !before.present().equals(fingerprint)) {
            folders.put(id, new Seen(fingerprint, nowNanos, false));
        }
    }
}
