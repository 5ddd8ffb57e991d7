package dev.triptych.text.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the service leaves.
 *
 * @param drainDelay from not being ready to closing the doors, when the process is told to stop
 */
@ConfigurationProperties("triptych")
public record DrainProperties(@DefaultValue("2s") Duration drainDelay) {}
