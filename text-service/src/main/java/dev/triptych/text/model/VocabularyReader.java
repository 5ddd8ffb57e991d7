package dev.triptych.text.model;

import dev.triptych.modelpackage.ConfigFile;
import dev.triptych.modelpackage.ModelPackageException;
import dev.triptych.text.tokenizer.TokenTable;
import java.util.HashMap;
import java.util.HashSet;
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
        return TokenTable.of(ids, special);
    }
}
