package dev.triptych.local.supervisor;

import dev.triptych.local.broker.BrokerAdmin;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** Asks a process whether it can take work; an answer that does not come in time is a no. */
@FunctionalInterface
public interface Readiness {

    Duration TIMEOUT = Duration.ofSeconds(2);

    boolean ready() throws InterruptedException;

    /** Ready when {@code GET uri} answers 200. */
    static Readiness http(URI uri) {
        return () -> {
            try {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
                connection.setConnectTimeout(Math.toIntExact(TIMEOUT.toMillis()));
                connection.setReadTimeout(Math.toIntExact(TIMEOUT.toMillis()));
                try {
                    return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
                } finally {
                    connection.disconnect();
                }
            } catch (IOException e) {
                return false;
            }
        };
    }

    /** Ready when a Kafka broker answers. */
    static Readiness broker(String bootstrapServers) {
        return () -> {
            try (BrokerAdmin admin = new BrokerAdmin(bootstrapServers, TIMEOUT)) {
                return admin.ready();
            }
        };
    }
}
