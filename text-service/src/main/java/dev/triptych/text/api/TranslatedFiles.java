package dev.triptych.text.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Files that were translated and wait to be fetched. In memory, for a while, oldest first out: they are copies that whoever
 * made them can make again. Safe from any thread.
 */
final class TranslatedFiles {

    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final int MOST_FILES = 256;
    private static final long MOST_BYTES = 64L << 20;

    private final Clock clock;
    private final Map<String, Entry> files = new LinkedHashMap<>();
    private long bytes;

    TranslatedFiles(Clock clock) {
        this.clock = clock;
    }

    private record Entry(byte[] content, Instant until) {}

    /**
     * Keeps a file.
     *
     * @param name as it is offered to who fetches it
     * @return the path's last part: a secret and the name
     */
    synchronized String keep(String name, byte[] content) {
        dropOld();
        String key = UUID.randomUUID() + "." + name;
        files.put(key, new Entry(content.clone(), clock.instant().plus(KEPT)));
        bytes += content.length;
        Iterator<Entry> oldest = files.values().iterator();
        while (files.size() > MOST_FILES || bytes > MOST_BYTES && files.size() > 1) {
            bytes -= oldest.next().content().length;
            oldest.remove();
        }
        return key;
    }

    /** The file of that key; empty once it is gone. */
    synchronized Optional<byte[]> get(String key) {
        dropOld();
        return Optional.ofNullable(files.get(key)).map(entry -> entry.content().clone());
    }

    private void dropOld() {
        Instant now = clock.instant();
        Iterator<Entry> oldest = files.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.until().isAfter(now)) {
                return;
            }
            bytes -= entry.content().length;
            oldest.remove();
        }
    }
}
