package dev.triptych.benchmarks.jobs;

/** Short English sentences, each its number's own. */
final class Sentences {

    private static final String[] SUBJECTS = {"The dog", "A woman", "The old man", "My sister", "The teacher"};
    private static final String[] VERBS = {"sees", "likes", "buys", "paints", "carries", "finds", "needs"};
    private static final String[] OBJECTS = {"a red car", "the house", "two books", "a small cat", "the blue chair"};
    private static final String[] PLACES = {"in the park", "at home", "in Berlin", "on the street", "near the sea"};

    private Sentences() {}

    static String of(int number) {
        int rest = number;
        String subject = SUBJECTS[rest % SUBJECTS.length];
        rest /= SUBJECTS.length;
        String verb = VERBS[rest % VERBS.length];
        rest /= VERBS.length;
        String object = OBJECTS[rest % OBJECTS.length];
        rest /= OBJECTS.length;
        return subject + " " + verb + " " + object + " " + PLACES[rest % PLACES.length] + ".";
    }
}
