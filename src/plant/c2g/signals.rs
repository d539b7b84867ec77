//! Every signal of the C2G plant: column, entity, unit, meaning. The order here is the order of a row.

use crate::plant::signal_table::signal_table;
use crate::signal::Entity;

/// Entities, parents first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Ent {
    /// The whole site.
    Site,
    /// The grid and its signals.
    Grid,
    /// The regulation and energy market.
    Market,
    /// Point of common coupling.
    Pcc,
    /// Site transformer.
    Transformer,
    /// UPS of zone A.
    UpsA,
    /// PDUs of zone A.
    PduA,
    /// UPS of zone B.
    UpsB,
    /// PDUs of zone B.
    PduB,
    /// Liquid-cooled GPU zone.
    ZoneA,
    /// Air-cooled CPU zone.
    ZoneB,
    /// Coolant distribution and chiller of zone A.
    Cdu,
    /// Air handling of zone B.
    Crah,
    /// Battery.
    Bess,
    /// Workload and its queue.
    Workload,
    /// Lighting and network.
    Aux,
    /// The hardware reward.
    Reward,
    /// The macro reward.
    MacroReward,
}

/// The entities as a table.
pub fn entities() -> Vec<Entity> {
    let entity = |name: &str, label: &str, class: &str, parent: Option<Ent>| Entity {
        name: name.to_owned(),
        label: label.to_owned(),
        class: class.to_owned(),
        parent: parent.map(|p| p as usize),
    };
    vec![
        entity("site", "Site", "site", None),
        entity("grid", "Grid", "grid", Some(Ent::Site)),
        entity("market", "Market", "market", Some(Ent::Grid)),
        entity("pcc", "Grid connection", "pcc", Some(Ent::Site)),
        entity("transformer", "Transformer", "transformer", Some(Ent::Site)),
        entity("ups_a", "UPS A", "ups", Some(Ent::Site)),
        entity("pdu_a", "PDU A", "pdu", Some(Ent::Site)),
        entity("ups_b", "UPS B", "ups", Some(Ent::Site)),
        entity("pdu_b", "PDU B", "pdu", Some(Ent::Site)),
        entity("zone_a", "Zone A", "zone", Some(Ent::Site)),
        entity("zone_b", "Zone B", "zone", Some(Ent::Site)),
        entity("cdu", "Liquid cooling", "cooling", Some(Ent::ZoneA)),
        entity("crah", "Air handling", "cooling", Some(Ent::ZoneB)),
        entity("bess", "Battery", "battery", Some(Ent::Site)),
        entity("workload", "Workload", "workload", Some(Ent::Site)),
        entity("aux", "Lighting and network", "auxiliary", Some(Ent::Site)),
        entity("reward", "Hardware reward", "reward", Some(Ent::Site)),
        entity("macro_reward", "Macro reward", "reward", Some(Ent::Market)),
    ]
}

signal_table! {
    /// Column of each signal in a row.
    enum Col;
    /// Number of signals.
    const COUNT;
    /// The signals as a table.
    pub fn signals;

    TZoneA: ZoneA, Cooling, "t_zone_a_degc", "Zone A", "°C", "Temperature of zone A (core 4).", quantity("t_degc"), range(15.0, 40.0), decimals(2);
    TZoneB: ZoneB, Cooling, "t_zone_b_degc", "Zone B", "°C", "Temperature of zone B (core 4).", quantity("t_degc"), range(15.0, 40.0), decimals(2);
    THottest: Site, Cooling, "t_hottest_degc", "Hottest zone", "°C", "The warmer of both zones.", range(15.0, 40.0), decimals(2);
    TAmbient: Site, Cooling, "t_ambient_degc", "Ambient", "°C", "Ambient that the cooling feels (core 7).", range(-20.0, 46.0), decimals(1), step();
    Soc: Bess, Battery, "soc_frac", "State of charge", "", "State of charge, 0 to 1 (core 5).", range(0.0, 1.0), decimals(3);
    PFacility: Pcc, Grid, "p_facility_mw", "Facility power", "MW", "Draw at the grid connection without the battery (core 3, D-4).", mean(), range(0.0, 300.0), decimals(1);
    PIt: Site, It, "p_it_mw", "IT power", "MW", "IT power of both zones in the power chain (core 3).", mean(), range(0.0, 250.0), decimals(1);
    PItDemand: Workload, It, "p_it_demand_mw", "IT demand", "MW", "Rigid power plus served batch work: the heat of the thermal model (core 2.3).", mean(), range(0.0, 250.0), decimals(1);
    Pue: Site, Grid, "pue", "PUE now", "", "Facility over IT power on this tick (core 3).", mean(), range(1.0, 4.0), decimals(2);
    PueEpisode: Site, Grid, "pue_episode", "PUE of the episode", "", "Facility over IT energy since reset.", range(1.0, 4.0), decimals(2);
    RegdDemanded: Grid, Grid, "p_regd_demanded_mw", "Demanded", "MW", "Regulation asked for on this tick: commitment times the signal shown before it; + = shed load (core 8.2).", mean(), range(-60.0, 60.0), decimals(2);
    RegdDelivered: Pcc, It, "p_regd_delivered_mw", "Delivered", "MW", "Reduction given on this tick: shed work + battery − cooling increase (core 8.2, D-12).", mean(), range(-60.0, 60.0), decimals(2);
    TrackingError: Pcc, Grid, "p_tracking_error_mw", "Tracking error", "MW", "Distance of delivered from demanded, ≥ 0 (core 8.2).", mean(), range(0.0, 60.0), decimals(2);
    FlexReduction: Workload, It, "p_flex_reduction_mw", "Shed batch work", "MW", "Shed work that counts as delivered (core 8.2).", mean(), range(-90.0, 90.0), decimals(2);
    CoolDelta: Site, Cooling, "p_cool_delta_mw", "Cooling above baseline", "MW", "HVAC and pump draw above the 36.5 MW baseline (core 8.2).", mean(), range(-37.0, 20.0), decimals(2);
    Regd: Grid, Grid, "regd", "RegD", "", "Regulation signal to be tracked on the next tick; + = grid short, shed load (core 6.4).", step(), range(-1.0, 1.0), decimals(3);
    Committed: Market, Market, "p_committed_mw", "Commitment", "MW", "Regulation committed for this tick (core 9).", step(), range(0.0, 60.0), decimals(1);
    Lmp: Market, Market, "lmp_usd_mwh", "Energy price", "$/MWh", "Locational marginal price (core 6.3).", step(), range(0.0, 200.0), decimals(2);
    GridLoad: Grid, Grid, "p_grid_load_mw", "Grid load", "MW", "Load of the market's zone (core 6.2).", step(), range(0.0, 80_000.0), decimals(0);
    GridLoadFrac: Grid, Grid, "grid_load_frac", "Grid load", "", "Load over the file's maximum (core 6.3).", step(), range(0.0, 1.0), decimals(3);
    FGrid: Grid, Grid, "f_grid_hz", "Frequency", "Hz", "Grid frequency after this tick (core 6.6).", range(49.0, 61.0), decimals(3);
    FDev: Grid, Grid, "f_deviation_hz", "Frequency deviation", "Hz", "Frequency minus nominal (core 6.6).", range(-1.0, 1.0), decimals(3);
    Backlog: Workload, It, "p_backlog_mw", "Backlog", "MW", "Batch work waiting, in megawatts of one tick (core 2.3).", range(0.0, 180.0), decimals(1);
    AvgDelay: Workload, It, "delay_avg_ticks", "Average delay", "ticks", "Average delay by Little's law (core 2.3).", range(0.0, 720.0), decimals(2);
    OldestAge: Workload, It, "delay_oldest_ticks", "Oldest work", "ticks", "Age of the oldest work still waiting; first in, first out.", range(0.0, 720.0), decimals(0);
    IsSpike: Workload, It, "is_spike", "GenAI spike", "", "1 while GenAI duty is above 12.19 % (core 2.2).", step(), decimals(0), labels(&["No", "Yes"]);
    PBaseA: ZoneA, It, "p_base_a_mw", "GenAI power", "MW", "Rigid power in zone A (core 2.2).", mean(), range(0.0, 60.0), decimals(2);
    PBaseB: ZoneB, It, "p_base_b_mw", "Recommendation power", "MW", "Rigid power in zone B (core 2.2).", mean(), range(0.0, 100.0), decimals(2);
    PFlexArrived: Workload, It, "p_flex_arrived_mw", "Batch arriving", "MW", "Batch work that arrives on this tick (core 2.3).", mean(), range(0.0, 90.0), decimals(2);
    PFlexServed: Workload, It, "p_flex_served_mw", "Batch served", "MW", "Batch work served on this tick (core 2.3).", mean(), range(0.0, 90.0), decimals(2);
    Throttle: Workload, It, "throttle", "Batch throttle", "", "Share of the batch racks allowed to run, as applied.", step(), decimals(3);
    PumpSpeed: Cdu, Cooling, "pump_speed", "Pump speed", "", "Speed of the zone A pumps, as applied.", step(), decimals(3);
    HvacEffort: Crah, Cooling, "hvac_effort", "HVAC effort", "", "Effort of the zone B air handling, as applied.", step(), decimals(3);
    BessDispatch: Bess, Battery, "bess_dispatch", "Battery dispatch", "", "Battery command over its power, + = discharge, as applied.", step(), range(-1.0, 1.0), decimals(3);
    PBess: Bess, Battery, "p_bess_mw", "Battery power", "MW", "Power at the battery terminals, + = discharge (core 5).", mean(), range(-5.0, 5.0), decimals(2);
    PBessDerated: Bess, Battery, "p_bess_derated_mw", "Battery power allowed", "MW", "Command after clamp and derating, + = discharge (core 5).", mean(), range(-5.0, 5.0), decimals(2);
    PBessCell: Bess, Battery, "p_bess_cell_mw", "Cell power", "MW", "Power out of the cells: terminals plus loss, + = discharge.", mean(), range(-5.2, 5.2), decimals(2);
    PBessLoss: Bess, Aux, "p_bess_loss_mw", "Battery loss", "MW", "Cell power minus terminal power.", mean(), range(0.0, 0.5), decimals(3);
    BessEta: Bess, Battery, "bess_eta", "Battery efficiency", "", "One-way efficiency (core 5).", range(0.7, 1.0), decimals(3);
    BessCRate: Bess, Battery, "bess_c_rate_per_h", "C-rate", "1/h", "Power over energy (core 5).", mean(), range(0.0, 0.5), decimals(3);
    BessStored: Bess, Battery, "e_bess_mwh", "Stored energy", "MWh", "State of charge times energy after fade (core 5).", range(0.0, 15.0), decimals(2);
    BessEnergy: Bess, Battery, "e_bess_cell_mwh", "Cell energy", "MWh", "State of charge times energy before fade.", range(0.0, 15.0), decimals(2);
    BessAge: Bess, Battery, "bess_age_frac", "Battery age", "", "Throughput age, 0 to 1 (core 5).", range(0.0, 1.0), decimals(6);
    BessHeat: Bess, Battery, "p_bess_heat_kw", "Battery heat", "kW", "Heat of the battery (core 5).", mean(), range(0.0, 300.0), decimals(1);
    BessMaxCharge: Bess, Battery, "p_bess_max_charge_mw", "Charging limit", "MW", "Reported charging limit (core 5).", range(0.0, 5.0), decimals(2);
    BessMaxDischarge: Bess, Battery, "p_bess_max_discharge_mw", "Discharging limit", "MW", "Reported discharging limit (core 5).", range(0.0, 5.0), decimals(2);
    BessLimited: Bess, Battery, "bess_limited", "Battery held back", "", "1 while the battery gives less than commanded because its charge is near a limit.", step(), decimals(0);
    PumpFloor: Cdu, Cooling, "pump_at_floor", "Pump at its floor", "", "1 while the pump runs at its lowest speed although less was commanded.", step(), decimals(0);
    QueueIdle: Workload, It, "throttle_slack", "Throttle without effect", "", "1 while the throttle is below 1 and yet all work is served.", step(), decimals(0);
    PItA: ZoneA, It, "p_it_a_mw", "Zone A IT", "MW", "IT power of zone A in the power chain, never below idle (core 3.1, D-3).", mean(), range(0.0, 150.0), decimals(2);
    PItB: ZoneB, It, "p_it_b_mw", "Zone B IT", "MW", "IT power of zone B in the power chain, never below idle (core 3.1, D-3).", mean(), range(0.0, 100.0), decimals(2);
    PUpsInA: UpsA, Grid, "p_ups_in_a_mw", "Into UPS A", "MW", "Power into the UPS of zone A (core 3.2).", mean(), range(0.0, 160.0), decimals(2);
    PUpsInB: UpsB, Grid, "p_ups_in_b_mw", "Into UPS B", "MW", "Power into the UPS of zone B (core 3.2).", mean(), range(0.0, 110.0), decimals(2);
    PPduInA: PduA, It, "p_pdu_in_a_mw", "Into PDU A", "MW", "Power into the PDUs of zone A.", mean(), range(0.0, 155.0), decimals(2);
    PPduInB: PduB, It, "p_pdu_in_b_mw", "Into PDU B", "MW", "Power into the PDUs of zone B.", mean(), range(0.0, 105.0), decimals(2);
    UpsLossA: UpsA, Aux, "p_ups_loss_a_mw", "UPS A loss", "MW", "Loss of the UPS of zone A (core 3.2).", mean(), range(0.0, 12.0), decimals(2);
    UpsLossB: UpsB, Aux, "p_ups_loss_b_mw", "UPS B loss", "MW", "Loss of the UPS of zone B (core 3.2).", mean(), range(0.0, 12.0), decimals(2);
    PduLossA: PduA, Aux, "p_pdu_loss_a_mw", "PDU A loss", "MW", "Loss of the PDUs of zone A (core 3.2).", mean(), range(0.0, 4.0), decimals(2);
    PduLossB: PduB, Aux, "p_pdu_loss_b_mw", "PDU B loss", "MW", "Loss of the PDUs of zone B (core 3.2).", mean(), range(0.0, 4.0), decimals(2);
    UpsEtaA: UpsA, Aux, "ups_eta_a", "UPS A efficiency", "", "Efficiency of the UPS of zone A (core 3.2).", mean(), range(0.6, 1.0), decimals(3);
    UpsEtaB: UpsB, Aux, "ups_eta_b", "UPS B efficiency", "", "Efficiency of the UPS of zone B (core 3.2).", mean(), range(0.6, 1.0), decimals(3);
    XfmrLoss: Transformer, Aux, "p_xfmr_loss_mw", "Transformer loss", "MW", "Loss of the site transformer (core 3.2).", mean(), range(0.0, 3.0), decimals(2);
    PXfmrOut: Transformer, Grid, "p_xfmr_out_mw", "Behind the transformer", "MW", "Power on the site's bus.", mean(), range(0.0, 300.0), decimals(1);
    PCooling: Site, Cooling, "p_cooling_mw", "Cooling", "MW", "Chiller, air handling and pump (core 3.2).", mean(), range(0.0, 60.0), decimals(2);
    PCoolA: Cdu, Cooling, "p_chiller_a_mw", "Chiller A", "MW", "Chiller behind the liquid loop (core 4).", mean(), range(0.0, 6.0), decimals(2);
    PPump: Cdu, Cooling, "p_pump_mw", "Pump A", "MW", "Pumps of zone A (core 4).", mean(), range(0.0, 1.5), decimals(2);
    PHvac: Crah, Cooling, "p_hvac_mw", "HVAC B", "MW", "Air handling of zone B: always the commanded draw (core 4).", mean(), range(0.0, 50.0), decimals(2);
    HvacRegime: Crah, Cooling, "hvac_regime", "Air regime", "", "0 below supply, 1 limited by air flow, 2 limited by machine capacity (core 4).", step(), range(0.0, 2.0), decimals(0), labels(&["Below supply", "Air flow", "Capacity"]);
    CopAir: Crah, Cooling, "cop_air", "COP of the air machines", "", "Heat over power; rises in cold air without a cap (core 4).", step(), range(0.0, 8.0), decimals(2);
    PAux: Aux, Aux, "p_aux_mw", "Auxiliary", "MW", "Lighting and network (core 3).", mean(), range(0.0, 5.0), decimals(2);
    PLoss: Site, Aux, "p_loss_mw", "Losses", "MW", "UPS, PDU and transformer losses together.", mean(), range(0.0, 30.0), decimals(2);
    Pf: Pcc, Grid, "pf", "Power factor", "", "Power factor of the loads (core 3.2).", mean(), range(0.7, 1.0), decimals(3);
    Q: Pcc, Grid, "q_mvar", "Reactive power", "MVAr", "Reactive power of the loads (core 3.2).", mean(), range(0.0, 150.0), decimals(1);
    VPcc: Pcc, Grid, "v_pcc_pu", "Voltage", "pu", "Voltage at the grid connection (core 3.2).", mean(), range(0.85, 1.10), decimals(4);
    VDrop: Pcc, Grid, "v_drop_pu", "Voltage drop", "pu", "Voltage drop before the clamp (core 3.2).", mean(), range(0.0, 0.1), decimals(4);
    Reward: Reward, Market, "reward", "Reward", "", "Sum of the seven terms (core 8.4).", mean(), range(-10.0, 1.0), decimals(3);
    RThroughput: Reward, It, "reward_throughput", "Throughput", "", "Weight times throttle (core 8.4 term 1).", mean(), range(-1.0, 1.0), decimals(3);
    RTracking: Reward, Grid, "reward_tracking", "Tracking", "", "Relative tracking error, ≤ 0 (core 8.4 term 2).", mean(), range(-10.0, 0.0), decimals(3);
    RThermal: Reward, Cooling, "reward_thermal", "Thermal", "", "Heat above the warning, ≤ 0 (core 8.4 term 3, D-14).", mean(), range(-10.0, 0.0), decimals(3);
    RSoc: Reward, Battery, "reward_soc", "State of charge", "", "Battery nearly empty, ≤ 0 (core 8.4 term 4).", mean(), range(-0.5, 0.0), decimals(3);
    RFreq: Reward, Grid, "reward_freq", "Frequency", "", "Deviation beyond the dead band, ≤ 0 (core 8.4 term 5).", mean(), range(-2.0, 0.0), decimals(3);
    RVolt: Reward, Grid, "reward_volt", "Voltage", "", "Voltage outside its band, ≤ 0 (core 8.4 term 6).", mean(), range(-1.0, 0.0), decimals(3);
    RBacklog: Reward, It, "reward_backlog", "Backlog", "", "Work waiting, ≤ 0 and uncapped (core 8.4 term 7).", mean(), range(-10.0, 0.0), decimals(3);
    WarnA: ZoneA, Cooling, "alarm_t_zone_a", "Zone A warm", "", "1 while zone A is above its warning temperature.", step(), decimals(0);
    WarnB: ZoneB, Cooling, "alarm_t_zone_b", "Zone B warm", "", "1 while zone B is above its warning temperature.", step(), decimals(0);
    WarnSoc: Bess, Battery, "alarm_soc", "Battery nearly empty", "", "1 while SOC is below 0.12.", step(), decimals(0);
    WarnFreq: Grid, Grid, "alarm_frequency", "Frequency beyond the dead band", "", "1 while the deviation costs reward.", step(), decimals(0);
    WarnVolt: Pcc, Grid, "alarm_voltage", "Voltage outside its band", "", "1 while voltage costs reward.", step(), decimals(0);
    FaultThermal: Site, Cooling, "fault_thermal", "Thermal trip", "", "1 when a zone is above T_safe (core 8.5).", step(), decimals(0);
    FaultFreq: Grid, Grid, "fault_frequency", "Frequency trip", "", "1 when the deviation exceeds 0.5 Hz (core 8.5).", step(), decimals(0);
    FaultVolt: Pcc, Grid, "fault_voltage", "Voltage trip", "", "1 when the voltage is below 0.90 pu (core 8.5).", step(), decimals(0);
    Terminated: Site, Aux, "terminated", "Terminated", "", "1 when any fault ends the episode (core 8.5).", step(), decimals(0);
    Truncated: Site, Aux, "truncated", "End of the episode", "", "1 from the episode's last tick on (core 8.5).", step(), decimals(0);
    Interval: Market, Market, "macro_interval", "Interval", "", "Market intervals finished since reset.", step(), range(0.0, 96.0), decimals(0);
    IntervalClosed: Market, Market, "macro_interval_closed", "Interval closed", "", "1 on the tick that closes a market interval.", event();
    Rmcp: Market, Market, "rmcp_usd", "Regulation price", "$/MW·h", "Regulation market clearing price of this interval (core 6.7); '–' without an offer.", step(), range(0.0, 100.0), decimals(2);
    RegNeed: Market, Market, "p_reg_need_mw", "Regulation need", "MW", "What the grid needs this interval (core 6.7).", step(), range(0.0, 150.0), decimals(1);
    Residual: Market, Market, "p_reg_residual_mw", "Need left open", "MW", "What competitors leave open (core 6.7).", step(), range(0.0, 60.0), decimals(1);
    BidMw: Market, Market, "p_bid_mw", "Bid", "MW", "Size of this interval's bid (core 9).", step(), range(0.0, 60.0), decimals(1);
    BidPrice: Market, Market, "bid_price_usd", "Bid price", "$/MW·h", "Price of this interval's bid (core 9).", step(), range(0.0, 200.0), decimals(2);
    BidAccepted: Market, Market, "bid_accepted", "Bid accepted", "", "1 while this interval's bid holds, 0 when it was rejected (core 6.7).", step(), decimals(0), labels(&["Rejected", "Accepted"]);
    AcceptProb: Market, Market, "bid_accept_prob", "Acceptance probability", "", "Probability with which this interval's bid was drawn (core 6.7).", step(), range(0.0, 1.0), decimals(3);
    Rate: Market, Market, "rate_usd_mwh", "Payment rate", "$/MW·h", "What a committed megawatt-hour earns this interval (core 9).", step(), range(0.0, 100.0), decimals(2);
    BidTaken: Market, Market, "bid_taken", "Bid accepted", "", "1 on the tick where a bid is accepted.", event();
    BidLost: Market, Market, "bid_lost", "Bid rejected", "", "1 on the tick where a bid is rejected.", event();
    Revenue: Market, Market, "revenue_interval_usd", "Revenue", "$", "Regulation revenue of the interval closed last (core 9).", step(), range(0.0, 500.0), decimals(2);
    RevenueTotal: Market, Market, "revenue_total_usd", "Revenue so far", "$", "Regulation revenue since reset.", step(), range(0.0, 10_000.0), decimals(0);
    ElecCost: Market, Market, "electricity_cost_interval_usd", "Electricity cost term", "$", "Electricity cost in the macro reward, interval closed last (core 9, D-17).", step(), range(0.0, 10.0), decimals(2);
    EnergyCostTotal: Market, Market, "energy_cost_total_usd", "Energy bought so far", "$", "Price times facility power since reset: the physical cost.", range(0.0, 100_000.0), decimals(0);
    Perf: Market, Market, "perf_score", "Performance", "", "1 − mean error over commitment, interval closed last (core 9).", step(), range(0.0, 1.0), decimals(3);
    MacroReward: MacroReward, Market, "macro_reward", "Macro reward", "", "Macro reward of the interval closed last (core 9).", step(), range(-10.0, 2.0), decimals(3);
    MRegulation: MacroReward, Market, "macro_reward_regulation", "Regulation", "", "Revenue term (core 9).", step(), range(0.0, 2.0), decimals(3);
    MSub: MacroReward, It, "macro_reward_sub", "Hardware", "", "Mean hardware reward of the interval (core 9).", step(), range(-10.0, 1.0), decimals(3);
    MElec: MacroReward, Aux, "macro_reward_elec", "Electricity", "", "Electricity term, ≤ 0 (core 9).", step(), range(-1.0, 0.0), decimals(4);
    MChurn: MacroReward, Aux, "macro_reward_churn", "Bid change", "", "Churn term, ≤ 0 (core 9).", step(), range(-0.05, 0.0), decimals(4);
    MChurnPen: MacroReward, Aux, "commit_churn_frac", "Bid change", "", "Change of the normalised bid (core 9).", step(), decimals(3);
    MeanErr: Market, Grid, "tracking_error_mean_mw", "Mean tracking error", "MW", "Mean tracking error of the interval closed last (core 9).", step(), range(0.0, 60.0), decimals(2);
    MeanLmp: Market, Market, "lmp_mean_usd_mwh", "Mean energy price", "$/MWh", "Mean price of the interval closed last.", step(), range(0.0, 200.0), decimals(2);
    IntervalCommitted: Market, Market, "p_committed_interval_mw", "Commitment of the interval", "MW", "Commitment of the interval closed last.", step(), range(0.0, 60.0), decimals(1);
    IntervalTAMax: Market, Cooling, "t_zone_a_max_degc", "Zone A maximum", "°C", "Hottest tick of zone A in the interval closed last.", step(), range(15.0, 40.0), decimals(2);
    IntervalTBMax: Market, Cooling, "t_zone_b_max_degc", "Zone B maximum", "°C", "Hottest tick of zone B in the interval closed last.", step(), range(15.0, 40.0), decimals(2);
    IntervalSpike: Market, It, "spike_any", "Spike in the interval", "", "1 when any tick of the interval closed last was a spike.", step(), decimals(0);
    IntervalBacklog: Market, It, "backlog_mean_frac", "Mean backlog", "", "Mean of backlog over full batch power, capped at 2 a tick.", step(), range(0.0, 2.0), decimals(3);
    IntervalTicks: Market, Aux, "interval_ticks", "Ticks of the interval", "", "Ticks run in the interval closed last.", step(), range(0.0, 180.0), decimals(0);
    IntervalFlex: Market, It, "p_flex_reduction_mean_mw", "Mean shed work", "MW", "Mean shed work of the interval closed last.", step(), range(-90.0, 90.0), decimals(2);
    IntervalBess: Market, Battery, "p_bess_mean_mw", "Mean battery power", "MW", "Mean battery power of the interval closed last.", step(), range(-5.0, 5.0), decimals(2);
    IntervalCool: Market, Cooling, "p_cool_delta_mean_mw", "Mean cooling above baseline", "MW", "Mean of the interval closed last.", step(), range(-37.0, 20.0), decimals(2);
    IntervalPump: Market, Cooling, "p_pump_mean_mw", "Mean pump power", "MW", "Mean of the interval closed last.", step(), range(0.0, 1.5), decimals(2);
    IntervalHvac: Market, Cooling, "p_hvac_mean_mw", "Mean HVAC power", "MW", "Mean of the interval closed last.", step(), range(0.0, 50.0), decimals(2);
    SocPct: Bess, Battery, "soc_pct", "State of charge", "%", "State of charge in percent (core 5).", range(0.0, 100.0), decimals(1);
    TrackingErrorSigned: Pcc, Grid, "p_tracking_error_signed_mw", "Error", "MW", "Delivered minus demanded on this tick; + = gave more than was asked (core 8.2).", mean(), range(-60.0, 60.0), decimals(2);
    RewardTotal: Reward, Market, "reward_total", "Cumulated reward", "", "Sum of the hardware reward since reset (core 8.4).", range(-20_000.0, 20_000.0), decimals(0);
    MacroRewardTotal: MacroReward, Market, "macro_reward_total", "Cumulated macro reward", "", "Sum of the macro reward over the intervals with a bid since reset (core 9).", step(), range(-100.0, 100.0), decimals(2);
    BessState: Bess, Battery, "bess_state", "Battery state", "", "0 idle, 1 charging, 2 discharging, 3 held back entirely by its charge, 4 out of service (core 5).", step(), range(0.0, 4.0), decimals(0), labels(&["Idle", "Charging", "Discharging", "Held back", "Out of service"]);
    BessCycles: Bess, Battery, "bess_cycles", "Full cycles", "", "Equivalent full cycles since reset: energy through the terminals over twice the nominal energy (core 5).", range(0.0, 10.0), decimals(2);
    BessUp15: Bess, Battery, "e_bess_up_15min_mw_min", "Up, 15 min", "MW·min", "Energy that full discharge gives within 15 minutes from here: power, derating, efficiency of now and lower SOC limit (core 5).", range(0.0, 75.0), decimals(0);
    BessDown15: Bess, Battery, "e_bess_down_15min_mw_min", "Down, 15 min", "MW·min", "Energy that full charge takes within 15 minutes from here: power, derating, efficiency of now and upper SOC limit (core 5).", range(0.0, 75.0), decimals(0);
    BessFade: Bess, Battery, "bess_fade_frac", "Capacity fade", "", "Share of the capacity that is gone: age times the fade at full age (core 5).", range(0.0, 0.2), decimals(6);
    EnergyCost: Market, Market, "energy_cost_interval_usd", "Energy bought", "$", "Price times facility power over the interval closed last: the physical cost, not the cost term of the reward (core 6.3, D-17).", step(), range(0.0, 5_000.0), decimals(0);
    SPcc: Pcc, Grid, "s_pcc_mva", "Apparent power", "MVA", "From facility power and reactive power (core 3.2).", mean(), range(0.0, 350.0), decimals(1);
    XfmrLoading: Transformer, Grid, "xfmr_loading_pct", "Transformer loading", "%", "Apparent power over the transformer's rating; the loss formula of core 3.2 counts active power alone.", mean(), range(0.0, 120.0), decimals(1);
    XfmrEta: Transformer, Aux, "xfmr_eta", "Transformer efficiency", "", "Power behind the transformer over facility power (core 3.2).", mean(), range(0.9, 1.0), decimals(4);
    PduEtaA: PduA, Aux, "pdu_eta_a", "PDU A efficiency", "", "IT power over power into the PDUs of zone A (core 3.2).", mean(), range(0.9, 1.0), decimals(3);
    PduEtaB: PduB, Aux, "pdu_eta_b", "PDU B efficiency", "", "IT power over power into the PDUs of zone B (core 3.2).", mean(), range(0.9, 1.0), decimals(3);
    QItA: ZoneA, It, "q_it_a_mvar", "Zone A reactive power", "MVAr", "Reactive power of the racks of zone A; losses carry none (core 3.2).", mean(), range(0.0, 50.0), decimals(1);
    QItB: ZoneB, It, "q_it_b_mvar", "Zone B reactive power", "MVAr", "Reactive power of the racks of zone B; losses carry none (core 3.2).", mean(), range(0.0, 45.0), decimals(1);
    QChillerA: Cdu, Cooling, "q_chiller_a_mvar", "Chiller A reactive power", "MVAr", "Reactive power at the power factor of cooling (core 3.2).", mean(), range(0.0, 5.0), decimals(1);
    QPump: Cdu, Cooling, "q_pump_mvar", "Pump A reactive power", "MVAr", "Reactive power at the power factor of cooling (core 3.2).", mean(), range(0.0, 1.0), decimals(1);
    QHvac: Crah, Cooling, "q_hvac_mvar", "HVAC B reactive power", "MVAr", "Reactive power at the power factor of cooling (core 3.2).", mean(), range(0.0, 32.0), decimals(1);
    QAux: Aux, Aux, "q_aux_mvar", "Auxiliary reactive power", "MVAr", "Reactive power of lighting and network (core 3.2).", mean(), range(0.0, 2.5), decimals(1);
    HvacIdle: Crah, Cooling, "hvac_idle", "Air handling without effect", "", "1 while zone B is colder than its supply air, so that effort draws power and moves no heat (core 4).", step(), decimals(0);
    HvacCapacity: Crah, Cooling, "hvac_at_capacity", "Air handling at capacity", "", "1 while zone B is limited by what the machines lift, not by the air flow (core 4).", step(), decimals(0);
    BidVoid: Market, Market, "bid_void", "Bid without effect", "", "1 while this interval's bid was rejected and the baseline commitment holds (core 9).", step(), decimals(0);
    ImpairedA: Cdu, Cooling, "cooling_a_impaired", "Liquid cooling impaired", "", "1 while a fault lowers the conductance of the liquid loop (core 4).", step(), decimals(0);
    ImpairedB: Crah, Cooling, "cooling_b_impaired", "Air cooling impaired", "", "1 while a fault lowers the conductance of the air (core 4).", step(), decimals(0);
    BessOut: Bess, Battery, "bess_out", "Battery outage", "", "1 while less than the whole battery is in service.", step(), decimals(0);
    BidSizeWaits: Market, Market, "bid_size_waits", "Bid size waits", "", "1 while the size that is applied is another than this interval was bid with (core 9).", step(), decimals(0);
    BidPriceWaits: Market, Market, "bid_price_waits", "Bid price waits", "", "1 while the price that is applied is another than this interval was bid with (core 9).", step(), decimals(0);
}

/// A row of the plant, with columns by name.
pub type Row = [f64; COUNT];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_owners_exist() {
        let (signals, entities) = (signals(), entities());
        let names: BTreeSet<_> = signals.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), COUNT);
        assert!(signals.iter().all(|s| s.entity < entities.len()));
        assert!(entities.iter().enumerate().all(|(i, e)| e.parent.is_none_or(|p| p < i)));
    }

    #[test]
    fn every_signal_says_what_it_means() {
        assert!(signals().iter().all(|s| s.doc.ends_with('.') && !s.label.is_empty()));
    }
}
