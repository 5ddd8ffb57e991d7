package dev.triptych.local;

import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.settings.SuiteSettings;
import dev.triptych.local.supervisor.ServiceSpec;
import dev.triptych.local.supervisor.SuiteDetach;
import dev.triptych.local.supervisor.SuitePlan;
import dev.triptych.local.supervisor.SuiteRun;
import dev.triptych.local.supervisor.TriptychSuite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "up",
        description = "Starts Kafka and the services, waits until all are ready, and stays with them until Ctrl-C.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {

    @Option(
            names = {"-d", "--detach"},
            description = "Run in the background; return when all are ready.")
    boolean detach;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "SERVICE",
            description = "Start only these (kafka, text-service, vision-service, gateway-service),"
                    + " for example to run another one from an IDE.")
    List<String> only = new ArrayList<>();

    @Option(names = "--in-background", hidden = true, description = "What --detach starts.")
    boolean inBackground;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec command;

    @Override
    public Integer call() throws Exception {
        SuiteSettings settings = LocalSuite.settings();
        SuiteFolders folders = LocalSuite.folders();
        SuitePlan plan = plan(settings, folders);
        if (detach) {
            return new SuiteDetach(folders, LocalSuite.console()).up(LocalSuite.class.getName(), arguments());
        }
        return new SuiteRun(settings, folders, LocalSuite.console()).up(plan, !inBackground);
    }

    private SuitePlan plan(SuiteSettings settings, SuiteFolders folders) {
        SuitePlan plan = new TriptychSuite(settings, folders).plan();
        if (only.isEmpty()) {
            return plan;
        }
        List<String> known = plan.services().stream().map(ServiceSpec::name).toList();
        for (String name : only) {
            if (!known.contains(name)) {
                throw new CommandLine.ParameterException(
                        command.commandLine(),
                        "--only takes names out of " + String.join(", ", known) + ", not \"" + name + "\"");
            }
        }
        return plan.only(only);
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("up", "--in-background"));
        if (!only.isEmpty()) {
            arguments.addAll(List.of("--only", String.join(",", only)));
        }
        return arguments;
    }
}
