package dev.triptych.local.broker;

import dev.triptych.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Asks a broker whether it serves and creates the suite's topics. Owned by one thread; {@link #close} frees the
 * connection.
 */
public final class BrokerAdmin implements AutoCloseable {

    /** Enough for the parallelism of one machine; a job's items spread over all of them. */
    private static final int PARTITIONS = 6;

    private static final short REPLICATION = 1;
    private static final long POLL_MILLIS = 50;

    private final Admin admin;
    private final Duration timeout;

    /** @param timeout for each question */
    public BrokerAdmin(String bootstrapServers, Duration timeout) {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        int millis = Math.toIntExact(timeout.toMillis());
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(millis));
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(millis));
        properties.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
        this.admin = Admin.create(properties);
        this.timeout = timeout;
    }

    /** Whether a broker answers. */
    public boolean ready() throws InterruptedException {
        try {
            admin.describeCluster().nodes().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /**
     * Creates those of the suite's topics that are missing and returns when clients see them all; a topic that another
     * process creates at the same moment counts as there.
     *
     * @throws ExecutionException if the broker refuses
     * @throws TimeoutException if the topics do not appear
     */
    public void createTopics() throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> existing = admin.listTopics().names().get();
        for (NewTopic topic : topics()) {
            if (!existing.contains(topic.name())) {
                create(topic);
            }
        }
        awaitTopics();
    }

    private void create(NewTopic topic) throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** The controller answers first; the broker, which clients ask, reads of it a moment later. */
    private void awaitTopics() throws InterruptedException, ExecutionException, TimeoutException {
        List<String> wanted = topics().stream().map(NewTopic::name).toList();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!admin.listTopics().names().get().containsAll(wanted)) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the topics were created but did not appear within " + timeout);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static List<NewTopic> topics() {
        List<NewTopic> topics = new ArrayList<>();
        for (String name : List.of(
                Topics.TEXT_REQUESTS,
                Topics.TEXT_RESULTS,
                Topics.VISION_REQUESTS,
                Topics.VISION_RESULTS,
                Topics.DEAD_LETTER)) {
            topics.add(new NewTopic(name, PARTITIONS, REPLICATION));
        }
        topics.add(new NewTopic(Topics.JOBS, PARTITIONS, REPLICATION)
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
        return topics;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
