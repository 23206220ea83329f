package dev.onbehalf.playground.local;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is who in the playground's own OnBehalfDatabase.
 *
 * @param users people with a role
 * @param peopleWithoutRole people who can sign in but have no role, so that the message can be seen
 */
@ConfigurationProperties("onbehalf.playground")
record LocalPeople(
    @DefaultValue({"alice@example.com", "bob@example.com"}) List<String> users,
    @DefaultValue("carol@example.com") List<String> peopleWithoutRole) {}
