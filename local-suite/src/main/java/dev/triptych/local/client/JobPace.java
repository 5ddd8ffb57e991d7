package dev.triptych.local.client;

import java.time.Duration;

/**
 * How a job's items are handed to the workers.
 *
 * @param chunk items of one transaction
 * @param window items sent and not yet answered, at most: a huge file leaves room for other jobs
 * @param silence without any result for this long, the user is told
 * @param outage how long a broker that cannot be reached is waited for
 */
public record JobPace(int chunk, int window, Duration silence, Duration outage) {

    public static final JobPace DEFAULT = new JobPace(500, 10_000, Duration.ofSeconds(30), Duration.ofMinutes(2));
}
