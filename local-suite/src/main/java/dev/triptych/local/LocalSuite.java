package dev.triptych.local;

import dev.triptych.local.settings.SettingsException;
import dev.triptych.local.settings.SuiteFolders;
import dev.triptych.local.settings.SuiteSettings;
import dev.triptych.local.supervisor.SuiteConsole;
import dev.triptych.local.supervisor.SuiteException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands behind {@code ./triptych}. Exit codes: 0 done, 1 failed, 2 not understood. */
@Command(
        name = "./triptych",
        description = "Runs a Triptych suite on this machine.",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            TranslateCommand.class,
            KeysCommand.class,
            SearchCommand.class,
            DeadLettersCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class LocalSuite {

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LocalSuite()).setExecutionExceptionHandler((exception, commandLine, parseResult) -> {
            PrintWriter err = commandLine.getErr();
            if (exception instanceof SuiteException || exception instanceof SettingsException) {
                err.println(exception.getMessage());
            } else {
                exception.printStackTrace(err);
            }
            err.flush();
            return exception instanceof SettingsException ? 2 : 1;
        });
    }

    static SuiteSettings settings() {
        return SuiteSettings.from(System.getenv());
    }

    static SuiteFolders folders() {
        return SuiteFolders.current();
    }

    /** Whether the start script found a terminal at the stream of this number; Java itself cannot tell. */
    static boolean isTerminal(int stream) {
        return Boolean.getBoolean("triptych.terminal." + stream);
    }

    @SuppressWarnings("SystemOut") // a command's output
    static SuiteConsole console() {
        return new SuiteConsole(System.out, isTerminal(1));
    }
}
