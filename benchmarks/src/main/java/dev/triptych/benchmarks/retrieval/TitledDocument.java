package dev.triptych.benchmarks.retrieval;

/**
 * A document and what it is looked for by.
 *
 * @param name unique in its file
 * @param title the query; not part of the body
 * @param body what is searched
 */
record TitledDocument(String name, String title, String body) {}
