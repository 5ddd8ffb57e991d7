package dev.triptych.text;

import dev.triptych.shutdown.OrderlyExit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;

/** Text-service: text endpoints over HTTP, the text worker over Kafka, one engine behind both. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class TextServiceApplication {

    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(TextServiceApplication.class);
        // Not as a shutdown hook: see OrderlyExit.
        application.setRegisterShutdownHook(false);
        ConfigurableApplicationContext context = application.run(args);
        OrderlyExit.afterSignals(context::close);
    }
}
