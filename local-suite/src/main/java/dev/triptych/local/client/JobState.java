package dev.triptych.local.client;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a job has come, as its consumer group remembers it.
 *
 * @param sent how many of the job's items are on the requests topic
 * @param resultOffsets where its results begin, by partition of the results topic
 */
record JobState(int sent, Map<Integer, Long> resultOffsets) {

    private static final Pattern SENT = Pattern.compile("sent=(\\d{1,9})");

    static String metadata(int sent) {
        return "sent=" + sent;
    }

    /** @throws ClientException if the text is not what {@link #metadata} writes */
    static int sent(String metadata) throws ClientException {
        Matcher matcher = SENT.matcher(metadata);
        if (!matcher.matches()) {
            throw new ClientException("the job's saved state cannot be read: \"" + metadata + "\"");
        }
        return Integer.parseInt(matcher.group(1));
    }
}
