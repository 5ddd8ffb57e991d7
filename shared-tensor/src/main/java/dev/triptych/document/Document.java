package dev.triptych.document;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file to translate: texts in an order, and everything around them, which stays. Immutable. */
public sealed interface Document permits TextDocument, CatalogDocument, SubtitleDocument, JsonLinesDocument {

    /** How many texts there are, those that are not translated included. */
    int size();

    /** A text as it is sent; empty where nothing is to be translated. */
    String text(int index);

    /** Where a text stands in the file, by line, counted from 0. */
    int line(int index);

    /** The document with translations. {@code null} leaves a text as it is; empty texts are not asked for. */
    byte[] render(IntFunction<@Nullable String> translations);

    /** What a text is called, in the plural. */
    String noun();

    /** The formats that can be read. */
    enum Format {
        TXT,
        PO,
        SRT,
        JSONL;

        /** How a file's name ends, the full stop included. */
        public String ending() {
            return "." + name().toLowerCase(Locale.ROOT);
        }

        /** All endings, for messages. */
        public static String endings() {
            return Arrays.stream(values()).map(Format::ending).collect(Collectors.joining(", "));
        }

        /** @return {@code null} if no format has that ending */
        public static @Nullable Format of(String fileName) {
            String lower = fileName.toLowerCase(Locale.ROOT);
            return List.of(values()).stream()
                    .filter(format -> lower.endsWith(format.ending()))
                    .findFirst()
                    .orElse(null);
        }

        /** @throws DocumentException if the content is not UTF-8 or not of this format, naming the line */
        public Document parse(byte[] content) throws DocumentException {
            return switch (this) {
                case TXT -> TextDocument.parse(content);
                case PO -> CatalogDocument.parse(content);
                case SRT -> SubtitleDocument.parse(content);
                case JSONL -> JsonLinesDocument.parse(content);
            };
        }
    }
}
