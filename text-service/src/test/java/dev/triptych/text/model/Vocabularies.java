package dev.triptych.text.model;

import dev.triptych.modelpackage.ModelPackage;
import dev.triptych.text.tokenizer.TokenTable;

/** The vocabularies of fixtures, read as the loader reads them. */
public final class Vocabularies {

    private Vocabularies() {}

    public static TokenTable of(ModelPackage modelPackage) {
        return VocabularyReader.read(modelPackage.settings("tokenizer.json"));
    }
}
