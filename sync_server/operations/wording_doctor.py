"""What `doctor` says: each finding with what to do about it. Key: Chinese, English."""

from typing import Final

DOCTOR_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "help.doctor": (
        "检查服务器和数据库，并说明该做什么；有故障时退出码为 1",
        "examine server and database and say what to do; exit code 1 where there is a fault",
    ),
    "help.doctor.till_days": (
        "收银机几天没有上传就提示",
        "days without a push after which a till is named",
    ),
    "help.doctor.backup_days": (
        "几天没有备份就提示",
        "days without a backup after which that is said",
    ),
    "doctor.level.fault": ("故障", "fault "),
    "doctor.level.notice": ("注意", "notice"),
    "doctor.level.fine": ("正常", "fine  "),
    "doctor.line": ("{level}  {text}", "{level}  {text}"),
    "doctor.sqlite": ("SQLite {version}", "SQLite {version}"),
    "doctor.sqlite_unsafe": (
        "SQLite {version} 可能损坏数据库；请安装 3.51.3 或更新的版本",
        "SQLite {version} can damage a database; install 3.51.3 or newer",
    ),
    "doctor.sqlite_damaged": (
        "数据库文件已损坏；请停止服务器，保留该文件，再用最近的备份恢复",
        "the database file is damaged; stop the server, keep the file, restore the last backup",
    ),
    "doctor.database_away": (
        "连不上数据库；请检查它是否在运行、设置里的地址和密码",
        "the database cannot be reached; see that it runs, and the address in the settings",
    ),
    "doctor.tables": ("数据库版本 {revision}", "tables at revision {revision}"),
    "doctor.tables_missing": (
        "数据库是空的；请运行 create-brand 或 restore",
        "the database is empty; run create-brand or restore",
    ),
    "doctor.tables_behind": (
        "数据库版本 {revision} 比程序旧；请运行 sync-server migrate",
        "tables at revision {revision} are older than the program; run sync-server migrate",
    ),
    "doctor.tables_newer": (
        "数据库版本 {revision} 比程序新；请安装新版程序",
        "tables at revision {revision} are of a later release; install that release",
    ),
    "doctor.key": ("服务器密钥 {file} 可用", "the server's key {file} is in order"),
    "doctor.key_unfit": (
        "服务器密钥有问题：{where}；请放回原来的密钥文件，权限 600",
        "the server's key: {where}; put the old key file back, with mode 600",
    ),
    "doctor.disk_low": (
        "数据库所在磁盘只剩 {mebibytes} MiB；请清理或扩容，写满后什么都收不进来",
        "{mebibytes} MiB left on the database's disk; make room: full, it takes nothing in",
    ),
    "doctor.postgresql": ("PostgreSQL {version}", "PostgreSQL {version}"),
    "doctor.standby": (
        "连到的是备库，不能写入；请把地址改为主库",
        "this is a standby and takes no writes; name the primary in the settings",
    ),
    "doctor.not_crash_safe": (
        "fsync 或 full_page_writes 关闭，断电会损坏数据库；请打开",
        "fsync or full_page_writes is off: a power cut damages the database; switch them on",
    ),
    "doctor.commit_not_synchronous": (
        "synchronous_commit 关闭，已确认的记录可能丢失；请打开",
        "synchronous_commit is off: what was acknowledged can be lost; switch it on",
    ),
    "doctor.no_synchronous_standby": (
        "没有同步备库（异步备库 {standbys} 个）；主库损坏时靠收银机补传",
        "no synchronous standby ({standbys} others); if this machine dies, tills offer again",
    ),
    "doctor.no_idle_timeout": (
        "idle_in_transaction_session_timeout 没有设置；连接池可能去掉了选项，请在数据库里设置",
        "idle_in_transaction_session_timeout is not set; a pooler may drop options: set it there",
    ),
    "doctor.long_transactions": (
        "有 {count} 个事务超过五分钟；它们会挡住写入和清理，请查 pg_stat_activity",
        "{count} transactions are older than five minutes and hold others up: see pg_stat_activity",
    ),
    "doctor.walls_missing": (
        "这些表没有品牌隔离：{tables}；请运行 sync-server migrate",
        "these tables have no wall between brands: {tables}; run sync-server migrate",
    ),
    "doctor.role_above_walls": (
        "数据库用户是超级用户，品牌隔离对它无效；请换普通用户",
        "the database role is above row-level security; give the server an ordinary role",
    ),
    "doctor.clock_off": (
        "本机时钟与数据库相差 {seconds} 秒；请检查时间同步",
        "this machine's clock is {seconds} s off the database's; see to its time service",
    ),
    "doctor.job_failed": (
        "定时任务 {job} 上次失败；请看日志",
        "the job {job} failed last; see the log",
    ),
    "doctor.job_late": (
        "定时任务 {job} 很久没有执行；请确认 run 或 worker 在运行",
        "the job {job} was not done for long; see that run or a worker is running",
    ),
    "doctor.backup_never": (
        "从未用 sync-server backup 备份过；请安排定期备份",
        "never backed up with sync-server backup; have it done regularly",
    ),
    "doctor.backup_old": (
        "上次备份在 {days} 天前；请检查定期备份",
        "the last backup is {days} days old; see why none was made since",
    ),
    "doctor.brand": (
        "{name}：{tills} 台收银机，变更号 {head}",
        "{name}: {tills} tills, feed at {head}",
    ),
    "doctor.open_cases": (
        "{count} 件待处理事项；请看 sync-server cases",
        "{count} open cases; see sync-server cases",
    ),
    "doctor.set_aside": (
        "搁置了 {count} 条记录；请看 sync-server tills，可能需要升级服务器",
        "{count} entries are set aside; see sync-server tills: the server may need an upgrade",
    ),
    "doctor.till_forked": (
        "门店 {store} 的收银机 {label} 日志分叉（克隆机或旧磁盘镜像）；查明后在事项里作出决定",
        "till {label} of store {store}: its journal forked (clone, old image); decide the case",
    ),
    "doctor.till_silent": (
        "门店 {store} 的收银机 {label} 已 {days} 天没有上传；请检查网络，或停用它",
        "till {label} of store {store} has not pushed for {days} days; see to it, or revoke it",
    ),
    "doctor.till_never_pushed": (
        "门店 {store} 的收银机 {label} 登记 {days} 天从未上传；请检查网络，或停用它",
        "till {label} of store {store}, enrolled {days} days ago, never pushed; see to it",
    ),
}
