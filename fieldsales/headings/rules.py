"""What the columns of a file are headed by, for people: the names of fields in English and Chinese words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LANGUAGES = ("en", "zh")
_UNITS = {"s": "(s)", "m": "(m)", "ms": "(ms)", "bp": "(bp)", "id": "ID", "gtin": "GTIN", "sku": "SKU", "otif": "OTIF"}

_WORDS = """
about=说明 active=启用 address=地址 added_by=添加人 amap=高德 amount=金额 anomalies=异常 anomaly=异常 answer=答复
app_version=应用版本 as_of=截至 asked_at=申请时间 asked_by=申请人 asks_cause=需问原因 at=时间 at_risk=风险金额
attempts=尝试次数 accuracy=精度 begun_at=开始时间 behind=落后 body=内容 bound=上界 brand=品牌 by=人 by_chance=偶然数
cadence=拜访频率 calendar=日历 case_gtin=箱GTIN category=类别 cause=原因 cause_code=原因代码 checked_in_at=签到时间
checked_out_at=签退时间 city=城市 clock_flags=时钟标记 closed_because=关闭原因 closed_on=关闭日期 code=代码
collected=回款 condition=状况 content_hash=内容校验 control=对照 count=盘点 counted_at=清点时间 counted_by=清点人
created_at=创建时间 credit=信用 currency=币种 customer=客户 customers=客户数 day=日期 days=天数
days_1_30=逾期1至30天 days_31_60=逾期31至60天 days_61_90=逾期61至90天 days_done=完成天数 decided_at=决定时间
decided_by=决定人 decided_score=决定时得分 decision=决定 decision_reason=决定理由 delivered_at=送达时间 design=方法
device=设备 discount=折扣 distance=距离 doubtful=存疑 due_at=应判时间 due_on=到期日 effective_from=生效日期
ended_at=结束时间 ends_at=结束时间 entry=分录 estimate=估计 event=事件 expected=预期 expected_on=预计日期
expected_units=预计数量 expires_at=失效时间 external_ref=外部编号 failing_since=失败始于 failures=失败次数
favourites=常购 figures= first_day=首日 flags=标记 form=形式 free=可用 from=从 from_on=起始日期 geo=位置 google=谷歌
apple=苹果 group=组 gtin=GTIN held=待审 held_until=暂缓至 high=上限 home=回程 horizon=观察天数 id=编号 in_force=现行
in_full=足量率 in_van=车上 installation=安装 intact=完好 invoice=发票 invoiced=已开票 issued=已发 issued_on=开票日期
journey=计划周期 judged_at=评判时间 kept=保留率 key_account=重点客户 kind=类型 kinds=类型 label=名称 lacking=缺少
language=语言 last=上次 last_day=末日 last_orders=最近订单 last_position=最后位置 last_seen_at=最后在线
last_visit_on=上次拜访 late=迟交 latitude=纬度 left=剩余 left_out=未排入 left_out_code=未排入代码
left_out_reason=未排入原因 limit=额度 line_fill_rate=行满足率 line_no=行号 lines=行 list_price=标价 load=装车序
login=登录名 longest_day=最长一天 longitude=经度 low=下限 lunch=午休 lunch_at=午休时间 lunch_from=午休自
lunch_minutes=午休分钟 lunch_to=午休至 made=实际 made_at=创建时间 made_by=创建人 mandatory=必访 mean=均值
mean_day=平均一天 measure=指标 min=最少 minimum_gap_days=最小间隔天数 minor=最小货币单位 missed=未访 mock=模拟定位
most=上限 moves=移动 mutation=操作 name=名称 navigation=导航 needed=需几人 next_at=下次时间 not_due=未到期
not_kept=未留 note=备注 on_account=预存 on_hand=在库 on_time=准时率 open=未付 opened_on=开始日期
opening_hours=营业时间 order=订单 order_value=订单金额 order_values=订单金额 ordered=已订 ordered_on=下单日期
orders=订单数 otif=准时足量率 over=超时 over_90=逾期90天以上 owed=欠款 own_cadence=自定频率 owner=负责人
pack_size=装箱数 packed=包装 paid_on=付款日期 parent=上级 paused_at=暂停时间 payment=付款 per=每 phone=电话
photo=照片 pieces=件数 planned=计划 position=位置 postal_code=邮编 price=价格 price_rule=价格规则 priority=优先级
prize=价值 probability=概率 problem=问题 product=产品 progress= promised_from=承诺自 promised_until=承诺至
promotion=促销 pulled_at=拉取时间 pushed_at=推送时间 quantity=数量 quantity_fill_rate=数量满足率 queued=待传
reason=原因 received_at=收到时间 reference=编号 references=外部编号 region=地区 reopen=重开 reopened_at=重开时间
reopened_by=重开人 rep=业务员 reps=业务员 reserved=预留 review=审核 revoked_at=撤销时间 role=角色 route=路线
routes=路线 running=进行中 s=秒 m=米 ms=毫秒 bp=基点 scope=范围 score=得分 seen_on=发现日期 sentence=结论
sequence=序号 service=服务 service_minutes=服务分钟 settled_at=结清时间 settlement=交账 shift_from=上班
shift_to=下班 signals=信号 signatures=签字 since=自 skew=时钟偏差 skip_code=跳过代码 skip_reason=跳过原因
skipped=跳过 sku=SKU source=来源 spacing_error=间隔误差 start=出发点 started_at=开始时间 started_by=开始人
starts_at=出发时间 state=状态 status=状态 stop=站点 stop_position=站序 stops=站点 subject=对象 summary=小结
sync=同步 tax=税 territory=区域 tier=级别 tier_reason=级别原因 tier_since=级别自 time_zone=时区 to=至 to_do=待访
to_load=应装 topic=主题 topics=主题 travel=行驶 treated=处理 tried_at=尝试时间 turn_rep=轮到的业务员 type=类型
under_review=待复核 unevenness=不均度 unit_price=单价 unplaced=未排 unplanned=计划外 until=至 until_on=截止日期
url=网址 used=已用 user=人员 v=版本 value=价值 van=车 verdict=判断 version=版本 visit=拜访 visited=已访
visits=拜访数 votes=表决 wait=等待 wanted=需要 warehouse=仓库 warning=警告 way=方式 weekdays=工作日
withdrawn_at=撤回时间 withdrawn_by=撤回人 work_pattern= written_off=核销 departure_at=离开时间 arrival_at=到达时间
called_off_at=取消时间 covers=所涉日期 done_at=完成时间 email=邮箱 noted_at=记录时间 person=人员 sends_at=发送时间
stand_ins=代班 stand_in=代班 text=文本 told=说明 why=原因 correction=更正 weight=权重 slips=工资单 month=月份
months=月份 scheme=方案 rule=规则 run=批次 basis=依据 because=原因 granted_at=批准时间 refused_at=拒绝时间
raised_at=提出时间 ends_on=结束日期 ended_by=结束人 answered_at=答复时间 answered_by=答复人 inputs_hash=输入校验
body_hash=内容校验 title=标题 updated_at=更新时间 finished_at=完成时间 handed_in_at=提交时间 rejected=拒收
rejects=拒收 rows=行数 row=行 size=大小 size_bytes=字节数 bytes=字节 file_name=文件名 new=新增 changed=更改
unchanged=未变 missing=缺少 given=已给 files=文件 system=系统 mapping=映射 hours=小时 keep_days=保留天数
margin_minutes=余量分钟 off_shift=下班后 out_of_time=时间不符
points=点数 said_at=声明时间 said_version=声明版本 reader=查看人
tracker=追踪器 trackers=追踪器 username=用户名 window=时段 first_at=首次时间 last_at=最后时间 created_by=创建人
agreed=同意 consent_needed=需同意 without_consent=未同意 key=键 first=首 later=之后 line=行 part=部分 parts=部分
path=路径 origin=来源 example=示例 schema=模式 outcome=结果 outcomes=结果 candidates=候选 codes=代码 target=目标
targets=目标 team=团队 job=任务 lane=通道 chore=任务 tries=尝试 next_try_at=下次尝试 zone=时区 slot=时段 worker=工人
took_s=用时秒 error=错误 result=结果 formula=公式 unit=单位 segment=细分 share=占比
adjustment=调整 acknowledged_at=确认时间 acknowledged_by=确认人 opened_at=出现时间 resolved_at=解决时间
seen_at=发现时间 severity=严重程度 standing=名次 rank=名次 median=中位数 peers=同级 duration=用时 asked=要求
units_done=已完成 units=份数 webhook=回调 level=层级 period=期间 grain=粒度 ratio=比率 confidential=保密 report=报告
read=读取 detail=详情 mend=处理 failed=失败 compared=比较 escalation=升级 muted=静音 zones=时区 schedule=时间表
catch_up=补做 looked_at=查看时间 found=发现
"""
_CHINESE: Mapping[str, str] = dict(pair.split("=") for pair in _WORDS.split())
_LONGEST = max(key.count("_") + 1 for key in _CHINESE)


def heading(name: str, language: str) -> str:
    """Return what a column of this name is headed by; an unknown word stays as it is."""
    words = name.split("_")
    if language == "zh":
        return "".join(_in_chinese(words)).strip()
    told = " ".join(_UNITS.get(word, word) for word in words)
    return told[:1].upper() + told[1:]


def _in_chinese(words: Sequence[str]) -> list[str]:
    """Put the longest known phrases one after the other; what is not known stands apart in its own letters."""
    told, at = [], 0
    while at < len(words):
        ends = range(min(len(words), at + _LONGEST), at, -1)
        end = next((end for end in ends if "_".join(words[at:end]) in _CHINESE), at + 1)
        phrase = "_".join(words[at:end])
        told.append(_CHINESE.get(phrase, f" {phrase} "))
        at = end
    return told
