package dev.onbehalf.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.servlet.Refusal.ByPolicy;
import dev.onbehalf.servlet.Refusal.Missing;
import dev.onbehalf.servlet.Refusal.NoMember;
import dev.onbehalf.servlet.Refusal.NotOwner;
import dev.onbehalf.servlet.Refusal.SecurityOff;
import dev.onbehalf.servlet.Refusal.Unexplained;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.ServerErrorMessage;

/** What other servers than the tests' say: in another language, or of another version. */
class RefusalReaderTest {
  private static Refusal read(String routine, String sentence, String sql) {
    String fields =
        "SERROR\0C42501\0M%s\0%s"
            .formatted(sentence, routine.isEmpty() ? "" : "R" + routine + "\0");
    return RefusalReader.read(new ServerErrorMessage(fields), new FailedStatement(sql));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          neue Zeile verletzt Policy für Sicherheit auf Zeilenebene für Tabelle »orders«
          la nouvelle ligne viole la politique de sécurité au niveau ligne pour la table « orders »
          nueva fila viola la política de seguridad de registros para la tabla «orders»
          новая строка нарушает политику защиты на уровне строк для таблицы "orders"
          新しい行はテーブル"orders"の行レベルセキュリティポリシーに違反しています
          """)
  void aPolicysRefusalIsToldInEachLanguage(String sentence) {
    assertThat(read("ExecWithCheckOptions", sentence, "")).isEqualTo(new ByPolicy("orders", null));
  }

  @Test
  void whichIsTheTableAndWhichThePolicyIsNotGuessed() {
    assertThat(read("ExecWithCheckOptions", "テーブル\"orders\"の行レベルセキュリティポリシー\"own\"に違反しています", ""))
        .isEqualTo(new ByPolicy(null, null));
  }

  @Test
  void thePrivilegeThatALanguageHidesIsNotGuessed() {
    assertThat(read("aclcheck_error", "keine Berechtigung für Tabelle orders", "SELECT 1"))
        .isEqualTo(new Unexplained());
    assertThat(read("check_enable_rls", "Anfrage würde von Policy betroffen", ""))
        .isEqualTo(new SecurityOff());
    assertThat(read("CheckMyDatabase", "keine Berechtigung für Datenbank »shop«", ""))
        .isEqualTo(new Missing("CONNECT", "DATABASE \"shop\""));
  }

  /** Who proxies the protocol may leave the routine out. */
  @Test
  void withoutTheRoutineTheSentenceIsReadIfItIsEnglish() {
    assertThat(read("", "new row violates row-level security policy \"a\" for table \"b\"", ""))
        .isEqualTo(new ByPolicy("b", "a"));
    assertThat(read("", "query would be affected by row-level security policy for table \"b\"", ""))
        .isEqualTo(new SecurityOff());
    assertThat(read("", "must be owner of sequence numbers", "")).isEqualTo(new NotOwner());
    assertThat(read("", "anything else", "")).isEqualTo(new Unexplained());
  }

  @ParameterizedTest
  @CsvSource({
    "must be member of role \"boss\"",
    "must be able to SET ROLE \"boss\"",
    "permission denied to set role \"boss\""
  })
  void membershipIsToldByEachVersion(String sentence) {
    assertThat(read("", sentence, "")).isEqualTo(new NoMember("boss"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          permission denied for table t                     | MERGE INTO a.t USING b ON true | SELECT, INSERT, UPDATE, DELETE | TABLE "a"."t"
          permission denied for table t                     | INSERT INTO t VALUES (1) RETURNING id | SELECT, INSERT | TABLE "t"
          permission denied for table t                     | WITH x AS (SELECT 1) DELETE FROM ONLY a.t | SELECT, DELETE | TABLE "a"."t"
          permission denied for table t                     | SELECT * FROM a.b JOIN c.t ON true FOR UPDATE | SELECT, UPDATE | TABLE "c"."t"
          permission denied for table t                     | SELECT * FROM a.tt, t              | SELECT | TABLE "t"
          permission denied for table t                     | CREATE TABLE x (id int REFERENCES a.t) | REFERENCES | TABLE "a"."t"
          permission denied for table t                     | LOCK TABLE t                       | UPDATE | TABLE "t"
          permission denied for table t                     | COPY t FROM STDIN                  | INSERT | TABLE "t"
          permission denied for table t                     | unknown                            | SELECT | TABLE "t"
          permission denied for foreign table t             | SELECT * FROM t                    | SELECT | TABLE "t"
          permission denied for column "c" of relation "t"  | UPDATE t SET c = 1                 | SELECT ("c"), UPDATE ("c") | TABLE "t"
          permission denied for foreign server s            | CREATE USER MAPPING                | USAGE  | FOREIGN SERVER "s"
          permission denied for foreign-data wrapper f      | CREATE SERVER                      | USAGE  | FOREIGN DATA WRAPPER "f"
          permission denied for language plperl             | CREATE FUNCTION                    | USAGE  | LANGUAGE "plperl"
          permission denied for tablespace fast             | CREATE TABLE                       | CREATE | TABLESPACE "fast"
          permission denied for database shop               | unknown                            | CREATE | DATABASE "shop"
          """)
  void aPrivilegeIsThatOfTheStatement(
      String sentence, String sql, String privilege, String object) {
    assertThat(read("", sentence, sql)).isEqualTo(new Missing(privilege, object));
  }

  @Test
  void aNameMadeOfSqlStaysAName() {
    assertThat(read("aclcheck_error", "permission denied for table t\"; DROP TABLE x; --", ""))
        .isEqualTo(new Missing("SELECT", "TABLE \"t\"\"; DROP TABLE x; --\""));
  }

  /** The server quotes the names of types in its sentence, and no others. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          type "money; DROP TABLE orders; --"    | USAGE          | TYPE "money; DROP TABLE orders; --"
          type shop."Order ""Status""\"           | USAGE          | TYPE shop."Order ""Status""\"
          type order_status                      | USAGE          | TYPE order_status
          table "orders"                         | SELECT         | TABLE ""\"orders""\"
          sequence "numbers"                     | SELECT         | SEQUENCE ""\"numbers""\"
          schema "shop"                          | USAGE          | SCHEMA ""\"shop""\"
          function "f"                           | EXECUTE        | ROUTINE ""\"f""\"
          large object 16400                     | SELECT, UPDATE | LARGE OBJECT 16400
          """)
  void aNameIsReadAsTheServerWritesIt(String denied, String privilege, String object) {
    assertThat(read("aclcheck_error", "permission denied for " + denied, ""))
        .isEqualTo(new Missing(privilege, object));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type money; DROP TABLE orders; --",
        "type \"a\"b\"",
        "type a.b.c",
        "type double precision",
        "large object 1; DROP TABLE orders; --"
      })
  void whatIsNoNameIsNotPutIntoSql(String denied) {
    assertThat(read("aclcheck_error", "permission denied for " + denied, ""))
        .isEqualTo(new Unexplained());
  }

  /** Who chooses how many are asked for chooses how long the statement is. */
  @Test
  void aLongStatementIsReadWithoutADeepStack() {
    String sql = "delete from \"orders\" where \"id\" in (" + "?, ".repeat(5_000) + "?)";
    assertThat(new FailedStatement(sql).qualified("orders")).isEqualTo("\"orders\"");
    assertThat(new FailedStatement("select \"" + "a\"\"".repeat(6_000) + "\".x").qualified("x"))
        .endsWith("\"x\"");
  }
}
