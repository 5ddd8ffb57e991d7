package dev.triptych.text.runtime;

/** A loaded model as the doors see it. */
public sealed interface ServedModel permits TextGenerator, TextEmbedder {

    ModelDescription description();
}
