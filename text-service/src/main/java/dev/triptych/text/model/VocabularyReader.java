package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.tokenizer.TokenSpelling;
import dev.triptych.text.tokenizer.TokenTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the tokens of a {@code tokenizer.json}. */
final class VocabularyReader {

    private VocabularyReader() {}

    /**
     * The vocabulary with its added tokens.
     *
     * @throws ModelPackageException if the file names no vocabulary
     */
    static TokenTable read(ConfigFile tokenizerJson) {
        Map<String, Integer> ids = new HashMap<>();
        tokenizerJson.object("model").ifPresent(model -> ids.putAll(model.vocabulary("vocab")));
        Set<String> special = new HashSet<>();
        for (ConfigFile added : tokenizerJson.objects("added_tokens")) {
            String token = added.string("content").orElse("");
            added.integer("id").ifPresent(id -> ids.put(token, id));
            if (added.flag("special", false)) {
                special.add(token);
            }
        }
        if (ids.isEmpty()) {
            throw new ModelPackageException("tokenizer.json holds no vocabulary under model.vocab");
        }
        return TokenTable.of(ids, special, spelling(tokenizerJson));
    }

    /** The file's decoder, or one of its parts, turns tokens into bytes. */
    private static TokenSpelling spelling(ConfigFile tokenizerJson) {
        List<ConfigFile> decoders = tokenizerJson
                .object("decoder")
                .map(decoder -> decoder.isList("decoders") ? decoder.objects("decoders") : List.of(decoder))
                .orElse(List.of());
        for (ConfigFile decoder : decoders) {
            switch (decoder.string("type").orElse("")) {
                case "ByteLevel" -> {
                    return TokenSpelling.BYTE_LEVEL;
                }
                case "ByteFallback" -> {
                    return TokenSpelling.SENTENCE_PIECE;
                }
                default -> {}
            }
        }
        return TokenSpelling.UNKNOWN;
    }
}
