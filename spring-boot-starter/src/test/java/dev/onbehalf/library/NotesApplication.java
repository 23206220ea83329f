package dev.onbehalf.library;

import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.WithoutSecurity;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.batch.autoconfigure.BatchTransactionManager;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** One application with all the libraries, written as if there were no Onbehalf. */
@Configuration(proxyBeanMethods = false)
@WithoutSecurity
class NotesApplication {
  /** Who the database takes a scheduled job for, and whom we do. */
  static final BlockingQueue<String> RAN_AS = new LinkedBlockingQueue<>();

  static final BlockingQueue<Long> COUNTED = new LinkedBlockingQueue<>();

  record NoteTaken(UUID id, String text) {}

  @Bean
  Job report(JobRepository jobs, PlatformTransactionManager people, JdbcClient jdbc) {
    return new JobBuilder("report", jobs)
        .start(
            new StepBuilder("write", jobs)
                .tasklet(
                    (contribution, context) -> {
                      jdbc.sql("INSERT INTO note (text) VALUES ('report')").update();
                      return RepeatStatus.FINISHED;
                    },
                    people)
                .build())
        .build();
  }

  /** Built as docs/jobs.md says, for work that no request begins. */
  @Bean
  Job nightly(
      JobRepository jobs,
      @BatchTransactionManager PlatformTransactionManager own,
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal) {
    JdbcClient jdbc = JdbcClient.create(servicePrincipal);
    return new JobBuilder("nightly", jobs)
        .start(
            new StepBuilder("count", jobs)
                .tasklet(
                    (contribution, context) -> {
                      COUNTED.add(jdbc.sql("SELECT count(*) FROM note").query(Long.class).single());
                      return RepeatStatus.FINISHED;
                    },
                    own)
                .build())
        .build();
  }

  @Bean
  Notes notes(JdbcClient jdbc, ApplicationEventPublisher events) {
    return new Notes(jdbc, events);
  }

  static class Notes {
    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;

    Notes(JdbcClient jdbc, ApplicationEventPublisher events) {
      this.jdbc = jdbc;
      this.events = events;
    }

    @Transactional
    public void take(String text) {
      jdbc.sql("INSERT INTO note (text) VALUES (?)").param(text).update();
      events.publishEvent(new NoteTaken(UUID.randomUUID(), text));
      if (text.equals("wrong")) {
        throw new IllegalArgumentException(text);
      }
    }

    @ApplicationModuleListener
    void hear(NoteTaken note) {
      jdbc.sql("INSERT INTO note (text) VALUES (?)").param("heard " + note.text()).update();
    }

    List<String> all() {
      return jdbc.sql("SELECT text FROM note ORDER BY text").query(String.class).list();
    }
  }

  @RestController
  static class Endpoints {
    private final Notes notes;
    private final JobOperator operator;
    private final Job report;
    private final Scheduler scheduler;
    private final LockProvider locks;

    Endpoints(
        Notes notes,
        JobOperator operator,
        @Qualifier("report") Job report,
        Scheduler scheduler,
        LockProvider locks) {
      this.notes = notes;
      this.operator = operator;
      this.report = report;
      this.scheduler = scheduler;
      this.locks = locks;
    }

    @PostMapping("/notes")
    void take(String text) {
      notes.take(text);
    }

    @GetMapping("/notes")
    List<String> all() {
      return notes.all();
    }

    @PostMapping("/report")
    String run() throws Exception {
      return operator
          .start(
              report,
              new JobParametersBuilder()
                  .addString("id", UUID.randomUUID().toString())
                  .toJobParameters())
          .getStatus()
          .name();
    }

    @Transactional
    @PostMapping("/remind")
    public void remind() throws SchedulerException {
      scheduler.scheduleJob(
          org.quartz.JobBuilder.newJob(Reminder.class).usingJobData("text", "remember").build(),
          TriggerBuilder.newTrigger().startNow().build());
    }

    @GetMapping("/visit")
    int visit(HttpSession session) {
      Integer before = (Integer) session.getAttribute("visits");
      int visits = before == null ? 1 : before + 1;
      session.setAttribute("visits", visits);
      return visits;
    }

    @PostMapping("/locked")
    String locked() {
      Optional<SimpleLock> lock =
          locks.lock(
              new LockConfiguration(
                  Instant.now(), "nightly", Duration.ofMinutes(5), Duration.ofMinutes(5)));
      lock.ifPresent(SimpleLock::unlock);
      return lock.isPresent() ? "locked" : "held";
    }
  }

  /** Runs on behalf of nobody. */
  static class Reminder implements org.quartz.Job {
    private final OnBehalf onBehalf;
    private final JdbcClient jdbc;

    Reminder(OnBehalf onBehalf, JdbcClient jdbc) {
      this.onBehalf = onBehalf;
      this.jdbc = jdbc;
    }

    @Override
    public void execute(JobExecutionContext context) {
      String role =
          onBehalf.asServicePrincipal(
              () -> jdbc.sql("SELECT current_user").query(String.class).single());
      RAN_AS.add(role + " for " + onBehalf.currentUser().orElse("nobody"));
    }
  }
}
