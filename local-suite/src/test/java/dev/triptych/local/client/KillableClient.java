package dev.triptych.local.client;

import java.nio.file.Path;

/** A client process for tests to kill: {@code BOOTSTRAP_SERVERS INPUT OUTPUT CHUNK WINDOW}. */
final class KillableClient {

    private KillableClient() {}

    public static void main(String[] arguments) throws Exception {
        FileTranslation translation = FileTranslation.open(
                Path.of(arguments[1]), Path.of(arguments[2]), new TranslationSettings("en", "de", null, null));
        JobPace pace = new JobPace(
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]),
                JobPace.DEFAULT.silence(),
                JobPace.DEFAULT.outage());
        translation.run(arguments[0], pace, new SilentView(), () -> false);
    }
}
