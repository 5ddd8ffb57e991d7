package dev.triptych.text;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Text-service: text endpoints over HTTP, the text worker over Kafka, one engine behind both. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class TextServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(TextServiceApplication.class, args);
    }
}
