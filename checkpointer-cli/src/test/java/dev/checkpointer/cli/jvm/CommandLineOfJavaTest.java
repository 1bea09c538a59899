package dev.checkpointer.cli.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineOfJavaTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java Main a b | Main",
                "/usr/bin/java -Xmx1g -cp lib Main | Main",
                "java -cp lib -jar app.jar x | app.jar",
                "java -p mods -m a.module/a.Main | a.module/a.Main",
                "java --module=a.module | a.module",
                "java --add-opens java.base/java.lang=ALL-UNNAMED --class-path=x Main | Main",
                "java --source 21 Script.java | Script.java",
                "java -version | java",
                "java -jar | ?",
                "/opt/app/bin/app -server | /opt/app/bin/app",
            })
    void theProgramIsFoundBehindTheOptions(String arguments, String program) {
        assertEquals(program, CommandLineOfJava.program(List.of(arguments.split(" "))));
    }
}
