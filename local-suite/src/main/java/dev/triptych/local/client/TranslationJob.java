package dev.triptych.local.client;

import dev.triptych.document.Document;
import dev.triptych.document.DocumentException;
import dev.triptych.wire.EventTypes;
import dev.triptych.wire.ItemEvents;
import dev.triptych.wire.TranslationItem;
import io.cloudevents.CloudEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A file to translate. Its id follows from content and settings: the same file with the same settings is the same job,
 * whoever starts it and however often.
 *
 * @param items the texts that are sent, as indexes into the document's, ascending
 * @param tooLong the texts that are not sent because no service would take them
 */
public record TranslationJob(
        String id, Document document, TranslationSettings settings, List<Integer> items, List<Integer> tooLong) {

    /** The bound of the published schema of {@link TranslationItem}. */
    static final int LONGEST_TEXT = 100_000;

    private static final URI SOURCE = URI.create("/triptych/cli");
    private static final int ID_BYTES = 16;

    /** @throws DocumentException if {@code content} is not UTF-8 or not of that format */
    public static TranslationJob of(byte[] content, Document.Format format, TranslationSettings settings)
            throws DocumentException {
        Document document = format.parse(content);
        List<Integer> items = new ArrayList<>();
        List<Integer> tooLong = new ArrayList<>();
        for (int i = 0; i < document.size(); i++) {
            String text = document.text(i);
            if (text.codePointCount(0, text.length()) > LONGEST_TEXT) {
                tooLong.add(i);
            } else if (!text.isEmpty()) {
                items.add(i);
            }
        }
        return new TranslationJob(id(content, format, settings), document, settings, items, tooLong);
    }

    /** The request of one line. */
    CloudEvent request(int lineIndex, OffsetDateTime time) {
        TranslationItem item = new TranslationItem(
                settings.model(),
                settings.source(),
                settings.target(),
                document.text(lineIndex),
                settings.strategy(),
                null);
        return ItemEvents.event(id + "-" + lineIndex, SOURCE, EventTypes.TRANSLATE, time, item);
    }

    /** The line that an event id belongs to; empty where it is another job's. */
    OptionalInt lineOf(String eventId) {
        if (eventId.length() <= id.length() + 1 || !eventId.startsWith(id) || eventId.charAt(id.length()) != '-') {
            return OptionalInt.empty();
        }
        try {
            int index = Integer.parseInt(eventId.substring(id.length() + 1));
            return index >= 0 && index < document.size() ? OptionalInt.of(index) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    private static String id(byte[] content, Document.Format format, TranslationSettings settings) {
        MessageDigest digest = sha256();
        for (String part : new @Nullable String[] {
            "triptych translate 2 " + format,
            settings.source(),
            settings.target(),
            settings.strategy(),
            settings.model()
        }) {
            // A length before each part, so that no two settings run together into the same bytes.
            byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
            digest.update((part == null ? "-" : bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        digest.update(content);
        return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
