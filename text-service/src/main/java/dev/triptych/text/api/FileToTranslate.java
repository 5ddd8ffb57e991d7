package dev.triptych.text.api;

import dev.triptych.document.Document;
import dev.triptych.document.DocumentException;
import dev.triptych.text.translation.TextFormat;
import dev.triptych.wire.ErrorCode;
import dev.triptych.wire.TriptychException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** A file as texts, and back. */
sealed interface FileToTranslate {

    /** What files may end in; each is kept as it is but for its words. */
    List<String> ENDINGS = List.of(".txt", ".html", ".po", ".srt", ".jsonl");

    /** At least one, none empty. */
    List<String> texts();

    TextFormat format();

    /** The file with those texts in their places. */
    byte[] with(List<String> translations);

    /**
     * Reads a file by its name's ending.
     *
     * @throws TriptychException.Rejected if there is no such format, or the content is not of it
     */
    static FileToTranslate read(String name, byte[] content) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".html") || lower.endsWith(".htm")) {
            return new Whole(decoded(content), TextFormat.HTML);
        }
        Document.Format format = Document.Format.of(name);
        return switch (format) {
            case null ->
                throw new TriptychException.Rejected(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "file",
                        "file must have a name that ends in one of " + ENDINGS + ", got \"" + name + "\"");
            case TXT -> new Whole(decoded(content), TextFormat.TEXT);
            case PO, SRT, JSONL -> Parts.of(format, content);
        };
    }

    private static String decoded(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            if (text.isBlank()) {
                throw FieldRules.invalid("file", "file has nothing to translate");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw FieldRules.invalid("file", "file must be UTF-8");
        }
    }

    /** One text, whose layout the translation keeps. */
    record Whole(String text, TextFormat format) implements FileToTranslate {

        @Override
        public List<String> texts() {
            return List.of(text);
        }

        @Override
        public byte[] with(List<String> translations) {
            return translations.getFirst().getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * A document of many texts.
     *
     * @param places which of the document's texts are translated
     */
    record Parts(Document document, List<Integer> places) implements FileToTranslate {

        static Parts of(Document.Format format, byte[] content) {
            try {
                Document document = format.parse(content);
                List<Integer> places = IntStream.range(0, document.size())
                        .filter(i -> !document.text(i).isEmpty())
                        .boxed()
                        .toList();
                if (places.isEmpty()) {
                    throw FieldRules.invalid("file", "file has nothing to translate");
                }
                return new Parts(document, places);
            } catch (DocumentException e) {
                throw FieldRules.invalid("file", "file cannot be read: " + e.getMessage());
            }
        }

        @Override
        public List<String> texts() {
            return places.stream().map(document::text).toList();
        }

        @Override
        public TextFormat format() {
            return TextFormat.TEXT;
        }

        @Override
        public byte[] with(List<String> translations) {
            Map<Integer, String> byPlace = new HashMap<>();
            for (int i = 0; i < places.size(); i++) {
                byPlace.put(places.get(i), translations.get(i));
            }
            return document.render(byPlace::get);
        }
    }
}
